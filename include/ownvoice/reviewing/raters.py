"""What the answers of a round say of those who gave them, and of how far they agree. Pure.

A person is measured as a judge is: by gold items, by pairs that come twice, and by the side that they favour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from ownvoice.evaluation.agreement.estimate import Estimate, wilson
from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.evaluation.agreement.ratings import Rating
from ownvoice.reviewing.answers import ReviewAnswer, standing
from ownvoice.reviewing.sample import SampleRow


class Reviewed(NamedTuple):
    """An answer that counts, and the item that it is about."""

    row: SampleRow
    answer: ReviewAnswer


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One reviewer: how many `items` they decided and how many they skipped, and what is known of them.

    `side` is above 0 where the left side is favoured. `repeats` is the share of pairs shown twice that were decided
    alike, `gold` the share of gold items where the answer to the prompt won. `median_seconds` is for an item.
    """

    name: str
    items: int
    skipped: int
    side: Estimate | None
    repeats: Estimate | None
    gold: Estimate | None
    median_seconds: float | None


def reviewed(sample: Iterable[SampleRow], answers: Iterable[ReviewAnswer]) -> list[Reviewed]:
    """Return the answers of one round that count, with their items; one to an item that is not there is left out."""
    rows = {row.item_id: row for row in sample}
    return [Reviewed(rows[one.item_id], one) for one in standing(answers) if one.item_id in rows]


def reviewers_of(given: Iterable[Reviewed]) -> list[Reviewer]:
    """Return what is known of each reviewer, by name; answers may be of several rounds."""
    by_name: dict[str, list[Reviewed]] = defaultdict(list)
    for one in given:
        by_name[one.answer.reviewer].append(one)
    return [_reviewer(name, by_name[name]) for name in sorted(by_name)]


def ratings_of(given: Iterable[Reviewed]) -> list[Rating]:
    """Return what each reviewer said of each pair, for measures of agreement; controls are left out."""
    return [
        Rating(one.answer.reviewer, one.row.pair_id, one.answer.winner)
        for one in given
        if one.answer.winner and one.row.kind not in ("gold", "repeat")
    ]


def _reviewer(name: str, given: Sequence[Reviewed]) -> Reviewer:
    decided = [one for one in given if one.answer.winner]
    pairs = [one for one in decided if one.row.kind != "gold"]
    gold = [one.answer.winner == "chosen" for one in decided if one.row.kind == "gold"]
    choices = [one.answer.choice for one in pairs]
    alike = _decided_alike(pairs)
    seconds = [one.answer.seconds for one in given if one.answer.seconds is not None]
    return Reviewer(
        name,
        len(decided),
        len(given) - len(decided),
        position_bias(choices.count("left"), choices.count("right"), len(choices)),
        wilson(sum(alike), len(alike)),
        wilson(sum(gold), len(gold)),
        median(seconds) if seconds else None,
    )


def _decided_alike(pairs: Sequence[Reviewed]) -> list[bool]:
    """Return for each pair of a round that was shown twice whether the same was said."""
    first: Mapping[tuple[str, str], str | None] = {
        (one.answer.round, one.row.pair_id): one.answer.winner for one in pairs if one.row.kind != "repeat"
    }
    again = [(first.get((one.answer.round, one.row.pair_id)), one) for one in pairs if one.row.kind == "repeat"]
    return [before == one.answer.winner for before, one in again if before is not None]
