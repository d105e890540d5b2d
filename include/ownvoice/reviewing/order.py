"""Which side the chosen answer is shown on, and which item a reviewer is shown next. Pure.

Sides follow from a hash of item and reviewer: the same at every reload, half and half over the items, and other for a
second reviewer, so that a liking for one side shows as such and does not add up.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from ownvoice.reviewing.answers import ReviewAnswer, standing
from ownvoice.reviewing.sample import SampleRow

Side = Literal["chosen", "rejected"]

BETWEEN_REPEATS = 10
"""A pair is shown a second time after so many other answers at the earliest, or when nothing else is left."""


def side_shown_left(item_id: str, reviewer: str) -> Side:
    """Return which answer of an item stands on the left for this reviewer."""
    return "chosen" if _draw(item_id, reviewer) % 2 == 0 else "rejected"


def queue_of(sample: Sequence[SampleRow], reviewer: str, answers: Iterable[ReviewAnswer]) -> list[SampleRow]:
    """Return the items that a reviewer is shown next, in order; `answers` are those of all reviewers of the round.

    An item that another answered is left out, but for those that are to be answered twice; gold items and repeats
    measure a reviewer, so everyone gets those. Reviewers begin at different places, so that two at once seldom meet.
    Every item stays open to every reviewer, whether it is in the queue or not.
    """
    newest = standing(answers)
    own = [answer for answer in newest if answer.reviewer == reviewer]
    done = {answer.item_id for answer in own}
    by_others = Counter(answer.item_id for answer in newest if answer.reviewer != reviewer and answer.choice != "skip")
    open_items = [row for row in _turned(sample, reviewer) if row.item_id not in done]
    first = [row for row in open_items if row.kind != "repeat" and _is_wanted(row, by_others[row.item_id])]
    return _with_repeats(first, [row for row in open_items if row.kind == "repeat"], sample, own)


def _is_wanted(row: SampleRow, answered_by_others: int) -> bool:
    return row.kind == "gold" or answered_by_others < (2 if row.doubled else 1)


def _with_repeats(
    first: list[SampleRow], repeats: Iterable[SampleRow], sample: Iterable[SampleRow], own: Iterable[ReviewAnswer]
) -> list[SampleRow]:
    """Put repeats of what this reviewer has answered long enough ago in front, and the other repeats at the end."""
    pair_of = {row.item_id: row.pair_id for row in sample}
    # Skipped ones have no verdict that a second one could be compared with.
    given = [pair_of.get(one.item_id) for one in sorted(own, key=lambda one: one.at) if one.choice != "skip"]
    ago = {pair_id: len(given) - place for place, pair_id in enumerate(given, 1)}
    due = [row for row in repeats if row.pair_id in ago]
    ripe = [row for row in due if ago[row.pair_id] >= BETWEEN_REPEATS]
    return [*ripe, *first, *(row for row in due if row not in ripe)]


def _turned(sample: Sequence[SampleRow], reviewer: str) -> list[SampleRow]:
    rows = sorted(sample, key=lambda row: row.position)
    start = _draw("start", reviewer) % len(rows) if rows else 0
    return [*rows[start:], *rows[:start]]


def _draw(what: str, reviewer: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{what}\n{reviewer}".encode()).digest()[:8])
