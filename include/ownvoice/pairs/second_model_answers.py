"""Rejected answers of a second model, brought together with the pairs they belong to. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from ownvoice.config.prices import sum_of_known
from ownvoice.config.run import RefreshRun
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.outcomes import OutcomeRow, outcome_row
from ownvoice.pairs.draws import Draw, nearest_first
from ownvoice.pairs.filters import Candidate, first_reason
from ownvoice.pairs.reasons import NO_REJECTED_ANSWER, DropReason
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.staging import DropRow, Staged, StagedDraw, StagedPair, retries_of
from ownvoice.states import STATE_AFTER, ChunkEvent
from ownvoice.storage.rows import ChunkRow, SpendRow

R = TypeVar("R", StagedPair, DropRow)

Place = tuple[str, int]
"""Article id and chunk index."""

_LEAVES_FOR_LATER = (ChunkEvent.NOT_ANSWERED, ChunkEvent.NOT_AFFORDED)


def with_rejected(
    curated: Staged,
    draws: Mapping[str, Sequence[Draw]],
    outcomes: Mapping[Place, Collection[ChunkOutcome]],
    run: RefreshRun,
    screen: Screen,
) -> Staged:
    """Return what is staged once each instruction was put to the second model.

    `draws` are its answers by pair id; `outcomes`, by chunk, those of the requests to its endpoint, if it has one. The
    chunk stays the unit of record: where one of its answers is left for later, all of the chunk is, and nothing of it
    is staged. An answer that cannot be had after every try drops its pair alone, if no other draw has one.
    """
    pairs, drops = _by_chunk(curated.pairs), _by_chunk(curated.drops)
    staged = Staged([], [], [])
    for curated_record in curated.chunks:
        place = (curated_record["article_id"], curated_record["chunk_index"])
        answered = outcomes.get(place, ())
        record = paid(curated_record, list(answered), run)
        later = _first(_LEAVES_FOR_LATER, answered)
        if later:
            staged.chunks.append(_nothing_kept(record, later))
            continue
        kept, dropped = _completed(pairs[place], draws, run, screen)
        reasons = Counter(record["drop_reasons"]) + Counter(drop["reason"] for drop in dropped)
        staged.chunks.append({**record, "kept": len(kept), "drop_reasons": dict(reasons)})
        staged.pairs += kept
        staged.drops += drops[place] + dropped
    return staged


def of_failed_batch(
    curated: Staged, outcomes: Mapping[Place, Collection[ChunkOutcome]], run: RefreshRun
) -> list[ChunkRow]:
    """Return the records of a batch that failed after its curation: what the second model was paid is in them."""
    answered = (outcomes.get((record["article_id"], record["chunk_index"]), ()) for record in curated.chunks)
    return [
        _nothing_kept(paid(record, list(found), run), ChunkEvent.BATCH_FAILED)
        for record, found in zip(curated.chunks, answered, strict=True)
    ]


def _completed(
    pairs: Iterable[StagedPair], draws: Mapping[str, Sequence[Draw]], run: RefreshRun, screen: Screen
) -> tuple[list[StagedPair], list[DropRow]]:
    """Return the pairs that have their rejected answer, and a drop for each that has none or one that is no use."""
    kept: list[StagedPair] = []
    drops: list[DropRow] = []
    for pair in pairs:
        drawn = draws.get(pair["pair_id"], ())
        found = nearest_first(drawn, pair["chosen"], run.recipe)
        reasons = [_reason(pair, draw.text, run, screen) for draw in found]
        if None in reasons:
            passed = [draw for draw, reason in zip(found, reasons, strict=True) if reason is None]
            kept.append(with_draw({**pair, "draws": _to_rank(passed, run)}, passed[0], run))
            continue
        faults = ", ".join(dict.fromkeys(draw.fault for draw in drawn if draw.fault))
        reason, detail = (reasons and reasons[0]) or (NO_REJECTED_ANSWER, faults)
        drops.append(_drop(pair, reason, detail, found[0].text if found else None))
    return kept, drops


def _reason(pair: StagedPair, text: str, run: RefreshRun, screen: Screen) -> tuple[DropReason, str] | None:
    candidate = Candidate(pair["prompt"], pair["chosen"], text, pair["instruction_kind"])
    if reason := first_reason(candidate, run.recipe):
        return reason, ""
    return screen.reason(candidate)


def _to_rank(draws: Iterable[Draw], run: RefreshRun) -> list[StagedDraw] | None:
    if not run.recipe.rejected_rank:
        return None
    return [
        {
            "number": one.number,
            "text": one.text,
            "model": one.model,
            "request_key": one.request_key,
            "is_cut": one.is_cut,
        }
        for one in draws
    ]


def with_draw(pair: StagedPair, draw: Draw, run: RefreshRun) -> StagedPair:
    """Return a pair whose rejected answer is this draw."""
    draws = run.recipe.rejected_draws
    return {
        **pair,
        "rejected": draw.text,
        "rejected_model": draw.model,
        "rejected_request_key": draw.request_key,
        "rejected_draw": draws and draw.number,
        "rejected_draws": draws,
        "rejected_cut": draw.is_cut if run.recipe.rejected_cut else None,
    }


def paid(record: ChunkRow, outcomes: Sequence[ChunkOutcome], run: RefreshRun) -> ChunkRow:
    """Add to a chunk's record what was asked about its pairs, of one model, and paid for it."""
    if not outcomes:
        return record
    rows = [outcome_row(outcome, run.prices) for outcome in outcomes]
    paid = _sum(rows, outcomes[0].model)
    asked: ChunkRow | OutcomeRow = next((row for row in reversed(rows) if row["requests"]), record)
    whole: ChunkRow = {
        **record,
        "task_id": asked["task_id"],
        "map_index": asked["map_index"],
        "try_number": asked["try_number"],
        "attempts": record["attempts"] + sum(row["attempts"] for row in rows),
        "requests": record["requests"] + sum(row["requests"] for row in rows),
        "retries": record["retries"] + sum(map(retries_of, rows)),
        "prompt_tokens": record["prompt_tokens"] + paid["prompt_tokens"],
        "completion_tokens": record["completion_tokens"] + paid["completion_tokens"],
        "reserved_tokens": record["reserved_tokens"] + paid["reserved_tokens"],
        "wasted_tokens": record["wasted_tokens"] + paid["wasted_tokens"],
        "latency_s": record["latency_s"] + sum(row["latency_s"] for row in rows),
        "cost_usd": sum_of_known([record["cost_usd"], paid["cost_usd"]]),
        "spend": [*record["spend"], paid],
        "faults": [*record["faults"], *(fault for outcome in outcomes for fault in outcome.faults)],
        "tries": [*record["tries"], *(one for row in rows for one in row["tries"])],
        "endpoint_words": next(
            (row["endpoint_words"] for row in rows if row["endpoint_words"]), record["endpoint_words"]
        ),
    }
    arrived = _first((ChunkEvent.ANSWER_ARRIVED,), outcomes)
    return {**whole, "event": arrived, "state": STATE_AFTER[arrived]} if arrived else whole


def _sum(rows: Sequence[OutcomeRow], model: str) -> SpendRow:
    return {
        "model": model,
        "prompt_tokens": sum(row["prompt_tokens"] for row in rows),
        "completion_tokens": sum(row["completion_tokens"] for row in rows),
        "reserved_tokens": sum(row["reserved_tokens"] for row in rows),
        "wasted_tokens": sum(row["wasted_tokens"] for row in rows),
        "cost_usd": sum_of_known([row["cost_usd"] for row in rows]),
    }


def _nothing_kept(record: ChunkRow, event: ChunkEvent) -> ChunkRow:
    """Return the record of a chunk of which nothing is staged, since `event` happened."""
    return {**record, "event": event, "state": STATE_AFTER[event], "triples": 0, "kept": 0, "drop_reasons": {}}


def _first(events: Iterable[ChunkEvent], outcomes: Iterable[ChunkOutcome]) -> ChunkEvent | None:
    happened = {outcome.event for outcome in outcomes}
    return next((event for event in events if event in happened), None)


def _by_chunk(rows: Iterable[R]) -> dict[Place, list[R]]:
    found: dict[Place, list[R]] = defaultdict(list)
    for row in rows:
        found[row["article_id"], row["chunk_index"]].append(row)
    return found


def _drop(pair: StagedPair, reason: DropReason, detail: str, rejected: str | None) -> DropRow:
    return {
        "article_id": pair["article_id"],
        "chunk_index": pair["chunk_index"],
        "triple_index": pair["triple_index"],
        "reason": reason.name,
        "detail": detail,
        "prompt": pair["prompt"],
        "quote": pair["chosen"],
        "rejected": rejected,
    }
