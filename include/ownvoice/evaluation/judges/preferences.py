"""Which answer of a pair each judge prefers, whatever way it was asked: two answers at once, or one rated alone. Pure.

A pairwise judge prefers what won in both orders. An absolute one prefers the answer with the higher rating; equal
ratings are a tie, and never make one answer better than the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from ownvoice.evaluation.agreement.estimate import Estimate, wilson
from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.evaluation.judges.verdict import Verdict
from ownvoice.evaluation.judges.verdicts import item_verdicts
from ownvoice.storage.rows import JudgementRow

Preferred = Literal["chosen", "rejected", "tie"]

_SIDES = {"chosen", "rejected"}
_PREFERRED: dict[str | bool, Preferred] = {True: "chosen", False: "rejected", "tie": "tie"}  # by whether chosen won


class Preference(NamedTuple):
    """What one judge prefers of one pair; `repeat` counts how often it was asked the same, from 1."""

    judge_id: str
    question: str
    pair_id: str
    repeat: int
    preferred: Preferred


def preferences(rows: Iterable[JudgementRow]) -> list[Preference]:
    """Return the preferences among judgements of pairs; planted controls and other answers than the pair's are none."""
    of_pairs = [row for row in rows if row["pair_id"] and not row["is_control"]]
    compared = [row for row in of_pairs if {row["left_source"], row["right_source"]} == _SIDES]
    rated = [row for row in of_pairs if row["right_source"] is None and row["left_source"] in _SIDES]
    return [*_of_comparisons(compared), *_of_ratings(rated)]


def _of_comparisons(rows: Sequence[JudgementRow]) -> Iterator[Preference]:
    pair_ids = {row["item_id"]: row["pair_id"] for row in rows}
    chosen_is = {row["item_id"]: "left" if row["left_source"] == "chosen" else "right" for row in rows}
    for one in item_verdicts(rows):
        if one.winner is not None:
            winner = one.winner if one.winner == "tie" else one.winner == chosen_is[one.item_id]
            yield Preference(one.judge_id, one.question, pair_ids[one.item_id], one.repeat, _PREFERRED[winner])


def _of_ratings(rows: Sequence[JudgementRow]) -> Iterator[Preference]:
    rated: dict[tuple[str, str, str, int], dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row["rating"] is not None:
            name = row["judge_id"], row["question"], row["pair_id"], row["repeat"]
            rated[name][row["left_source"]] = row["rating"]
    for name, of_side in rated.items():
        if of_side.keys() == _SIDES:
            chosen, rejected = of_side["chosen"], of_side["rejected"]
            yield Preference(*name, "tie" if chosen == rejected else _PREFERRED[chosen > rejected])


def decided_alike(given: Iterable[Preference]) -> Estimate | None:
    """Return how often one judge preferred the same when asked the same a second time, with Wilson's interval."""
    by_pair: dict[str, dict[int, Preferred]] = defaultdict(dict)
    for one in given:
        by_pair[one.pair_id][one.repeat] = one.preferred
    again = [said[1] == said[2] for said in by_pair.values() if said.keys() >= {1, 2}]
    return wilson(sum(again), len(again))


def place_bias(rows: Iterable[JudgementRow]) -> Estimate | None:
    """Return the position bias of one judge over the items that it was asked about in both orders."""
    places = [one.place for one in item_verdicts(rows) if one.repeat == 1 and one.winner is not None]
    return position_bias(places.count(Verdict.FIRST), places.count(Verdict.SECOND), len(places))
