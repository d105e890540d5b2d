"""Rejected answers of a second model, brought together with the pairs they belong to. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from ownvoice.config.run import RefreshRun
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.outcomes import outcome_row
from ownvoice.llm.task_try import TaskTry
from ownvoice.pairs.filters import Candidate, first_reason
from ownvoice.pairs.reasons import NO_REJECTED_ANSWER, DropReason
from ownvoice.pairs.screens import Screen
from ownvoice.pairs.staging import DropRow, Row, Staged, retries_of, spend_of
from ownvoice.states import STATE_AFTER, ChunkEvent

R = TypeVar("R", Row, DropRow)

Place = tuple[str, int]
"""Article id and chunk index."""

_ASKER = tuple(field.name for field in fields(TaskTry))
_LEAVES_FOR_LATER = (ChunkEvent.NOT_ANSWERED, ChunkEvent.NOT_AFFORDED)
_SUMS = ("attempts", "requests", "prompt_tokens", "completion_tokens", "reserved_tokens", "wasted_tokens", "latency_s")


def with_rejected(
    curated: Staged,
    outcomes: Mapping[Place, Mapping[str, ChunkOutcome]],
    texts: Mapping[str, str],
    run: RefreshRun,
    screen: Screen,
) -> Staged:
    """Return what is staged once each instruction was put to the second model.

    `outcomes` are by chunk and instruction, `texts` by the request key of the outcome. The chunk stays the unit of
    record: where one of its answers is left for later, all of the chunk is, and nothing of it is staged. An answer that
    cannot be had after every try drops its pair alone.
    """
    pairs, drops = _by_chunk(curated.pairs), _by_chunk(curated.drops)
    staged = Staged([], [], [])
    for curated_record in curated.chunks:
        place = (curated_record["article_id"], curated_record["chunk_index"])
        answered = outcomes.get(place, {})
        record = _paid(curated_record, list(answered.values()), run)
        later = _first(_LEAVES_FOR_LATER, answered.values())
        if later:
            staged.chunks.append(record | _event(later) | {"triples": 0, "kept": 0, "drop_reasons": {}})
            continue
        kept, dropped = _completed(pairs[place], answered, texts, run, screen)
        reasons = Counter(record["drop_reasons"]) + Counter(drop["reason"] for drop in dropped)
        staged.chunks.append(record | {"kept": len(kept), "drop_reasons": dict(reasons)})
        staged.pairs += kept
        staged.drops += drops[place] + dropped
    return staged


def of_failed_batch(
    curated: Staged, outcomes: Mapping[Place, Mapping[str, ChunkOutcome]], run: RefreshRun
) -> list[Row]:
    """Return the records of a batch that failed after its curation: what the second model was paid is in them."""
    nothing = {**_event(ChunkEvent.BATCH_FAILED), "triples": 0, "kept": 0, "drop_reasons": {}}
    answered = (outcomes.get((record["article_id"], record["chunk_index"]), {}) for record in curated.chunks)
    return [
        _paid(record, list(found.values()), run) | nothing
        for record, found in zip(curated.chunks, answered, strict=True)
    ]


def _completed(
    pairs: Iterable[Row],
    answered: Mapping[str, ChunkOutcome],
    texts: Mapping[str, str],
    run: RefreshRun,
    screen: Screen,
) -> tuple[list[Row], list[DropRow]]:
    """Return the pairs that have their rejected answer, and a drop for each that has none or one that is no use."""
    kept: list[Row] = []
    drops: list[DropRow] = []
    for pair in pairs:
        outcome = answered[pair["prompt"]]
        text = texts.get(outcome.request_key)
        found = {"rejected": text, "rejected_model": outcome.model, "rejected_request_key": outcome.request_key}
        reason, detail = _reason(pair, text, run, screen)
        if reason:
            drops.append(_drop(pair, reason, detail, text))
        else:
            kept.append(pair | found)
    return kept, drops


def _reason(pair: Row, text: str | None, run: RefreshRun, screen: Screen) -> tuple[DropReason | None, str]:
    if text is None:
        return NO_REJECTED_ANSWER, ""
    candidate = Candidate(pair["prompt"], pair["chosen"], text)
    if reason := first_reason(candidate, run.recipe):
        return reason, ""
    return screen.reason(candidate) or (None, "")


def _paid(record: Row, outcomes: Sequence[ChunkOutcome], run: RefreshRun) -> Row:
    """Add to a chunk's record what was asked of the second model and paid for it."""
    if not outcomes:
        return record
    rows = [outcome_row(outcome, run.prices) for outcome in outcomes]
    columns: list[Mapping[str, Any]] = [*rows]
    sums: Row = {name: sum(row[name] for row in columns) for name in _SUMS}
    sums["retries"] = sum(map(retries_of, rows))
    sums["cost_usd"] = _sum_of_known([row["cost_usd"] for row in rows])
    bought = _first((ChunkEvent.ANSWER_ARRIVED,), outcomes)
    asked: Mapping[str, Any] = next((row for row in reversed(columns) if row["requests"]), record)
    return {
        **record,
        **(_event(bought) if bought else {}),
        **{name: asked[name] for name in _ASKER},
        **{name: record[name] + sums[name] for name in (*_SUMS, "retries")},
        "cost_usd": _sum_of_known([record["cost_usd"], sums["cost_usd"]]),
        "spend": [*record["spend"], spend_of(outcomes[0].model, sums)],
        "faults": [*record["faults"], *(fault for outcome in outcomes for fault in outcome.faults)],
        "tries": [*record["tries"], *(one for row in rows for one in row["tries"])],
    }


def _event(event: ChunkEvent) -> Row:
    return {"event": event, "state": STATE_AFTER[event]}


def _first(events: Iterable[ChunkEvent], outcomes: Iterable[ChunkOutcome]) -> ChunkEvent | None:
    happened = {outcome.event for outcome in outcomes}
    return next((event for event in events if event in happened), None)


def _sum_of_known(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _by_chunk(rows: Iterable[R]) -> dict[Place, list[R]]:
    found: dict[Place, list[R]] = defaultdict(list)
    for row in rows:
        found[row["article_id"], row["chunk_index"]].append(row)
    return found


def _drop(pair: Row, reason: DropReason, detail: str, rejected: str | None) -> DropRow:
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
