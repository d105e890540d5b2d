"""What a jury's ratings do to the staged pairs of a night: filter them, and choose among draws. Pure.

No verdict touches a chosen answer: a pair is dropped or kept, and of several rejected draws one is taken. A pair
without a rating by a jury stays as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ownvoice.config.prices import sum_of_known
from ownvoice.config.run import RefreshRun
from ownvoice.evaluation.judges.night_items import source_of_draw
from ownvoice.evaluation.judges.verdict import Verdict
from ownvoice.pairs.draws import Draw
from ownvoice.pairs.reasons import BELOW_QUALITY
from ownvoice.pairs.second_model_answers import with_draw
from ownvoice.pairs.staging import DropRow, Staged, StagedPair
from ownvoice.storage.rows import ChunkRow, JudgementRow, SpendRow

Answer = tuple[str, str]
"""Pair id and source of an answer."""


@dataclass(frozen=True, slots=True)
class JuryRating:
    """The mean of what judges of two families at least gave an answer, and who gave what."""

    mean: float
    by_judge: Mapping[str, int]

    @property
    def detail(self) -> str:
        """The rating in words."""
        return f"{self.mean:.2f}: " + ", ".join(f"{name} {rating}" for name, rating in sorted(self.by_judge.items()))


def jury_ratings(rows: Iterable[JudgementRow]) -> dict[Answer, JuryRating]:
    """Return the ratings by answer; one that judges of a single family rated has none."""
    rated: dict[Answer, list[JudgementRow]] = defaultdict(list)
    for row in rows:
        if row["rating"] is not None:
            rated[row["pair_id"], row["left_source"]].append(row)
    return {
        answer: JuryRating(fmean(_rating(row) for row in found), {row["judge"]: _rating(row) for row in found})
        for answer, found in rated.items()
        if len({row["family"] for row in found}) > 1
    }


def with_best_draws(pairs: Iterable[StagedPair], rows: Iterable[JudgementRow], run: RefreshRun) -> list[StagedPair]:
    """Return the pairs, each with the draw as its rejected answer that the jury rates best.

    The answers then differ in voice rather than in quality. Of equals the earlier in the list of draws is taken, whose
    length is nearer to that of the chosen answer.
    """
    ratings = jury_ratings(rows)
    return [_with_best_draw(pair, ratings, run) for pair in pairs]


def judged(staged: Staged, rows: Sequence[JudgementRow], run: RefreshRun) -> Staged:
    """Return what is staged without the pairs below `quality_at_least`, with what judges were paid in the chunks."""
    least, ratings = run.recipe.quality_at_least, jury_ratings(rows)
    kept: list[StagedPair] = []
    drops: list[DropRow] = []
    for pair in staged.pairs:
        rating = ratings.get((pair["pair_id"], "chosen"))
        if least is not None and rating and rating.mean < least:
            drops.append(_drop(pair, rating))
        else:
            kept.append(pair)
    chunk_of = {pair["pair_id"]: (pair["article_id"], pair["chunk_index"]) for pair in staged.pairs}
    paid: dict[tuple[str, int], list[JudgementRow]] = defaultdict(list)
    for row in rows:
        paid[chunk_of[row["pair_id"]]].append(row)
    lost = Counter((drop["article_id"], drop["chunk_index"]) for drop in drops)
    models = {judge.name: judge.model for judge in run.recipe.judges}
    places = ((chunk, (chunk["article_id"], chunk["chunk_index"])) for chunk in staged.chunks)
    records = [_record(chunk, lost[place], paid[place], models) for chunk, place in places]
    return Staged(kept, [*staged.drops, *drops], records)


def _with_best_draw(pair: StagedPair, ratings: Mapping[Answer, JuryRating], run: RefreshRun) -> StagedPair:
    rated = [
        (ratings[answer].mean, draw)
        for draw in pair.get("draws") or ()
        if (answer := (pair["pair_id"], source_of_draw(draw["number"]))) in ratings
    ]
    if len(rated) < 2:
        return pair
    _, best = max(rated, key=lambda one: one[0])  # of equals, the first
    return with_draw(pair, Draw(**best), run)


def _record(chunk: ChunkRow, lost: int, rows: Sequence[JudgementRow], models: Mapping[str, str]) -> ChunkRow:
    """Return the record of a chunk with what judges were paid, and `lost` pairs counted as dropped."""
    reasons = Counter(chunk["drop_reasons"]) + Counter({BELOW_QUALITY.name: lost})
    # Two sources may be one text, whose rating was asked for once.
    bought = list({row["request_key"]: row for row in rows if row["prompt_tokens"]}.values())
    by_model: dict[str, list[JudgementRow]] = defaultdict(list)
    for row in bought:
        by_model[models[row["judge"]]].append(row)
    return {
        **chunk,
        "kept": chunk["kept"] - lost,
        "drop_reasons": dict(reasons),
        "prompt_tokens": chunk["prompt_tokens"] + sum(row["prompt_tokens"] for row in bought),
        "completion_tokens": chunk["completion_tokens"] + sum(row["completion_tokens"] for row in bought),
        "cost_usd": sum_of_known([chunk["cost_usd"], *(row["cost_usd"] for row in bought)]),
        "spend": [*chunk["spend"], *(_spend(model, found) for model, found in by_model.items())],
    }


def _spend(model: str, rows: Sequence[JudgementRow]) -> SpendRow:
    prompt_tokens = sum(row["prompt_tokens"] for row in rows)
    completion_tokens = sum(row["completion_tokens"] for row in rows)
    return {
        "model": model,
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "reserved_tokens": prompt_tokens + completion_tokens,  # a row of a judgement does not know its worst case
        "wasted_tokens": sum(row["completion_tokens"] for row in rows if row["verdict"] == Verdict.INVALID),
        "cost_usd": sum_of_known([row["cost_usd"] for row in rows]),
    }


def _rating(row: JudgementRow) -> int:
    rating = row["rating"]
    assert rating is not None, "such rows were left out"
    return rating


def _drop(pair: StagedPair, rating: JuryRating) -> DropRow:
    return {
        "article_id": pair["article_id"],
        "chunk_index": pair["chunk_index"],
        "triple_index": pair["triple_index"],
        "reason": BELOW_QUALITY.name,
        "detail": rating.detail,
        "prompt": pair["prompt"],
        "quote": pair["chosen"],
        "rejected": pair["rejected"],
    }
