"""`/review`: the rounds of review, and one round's pairs as a reviewer is shown them.

Which answer is the author's is told with an item only after the reviewer has answered it, or when the round is closed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypedDict

from ownvoice.pages.cache import CACHE
from ownvoice.pages.original import Original, quoted_original
from ownvoice.reviewing.answers import ReviewAnswer, answer_to, answers_of, standing
from ownvoice.reviewing.guideline import Guideline, guideline
from ownvoice.reviewing.order import Side, queue_of, side_shown_left
from ownvoice.reviewing.raters import Reviewer, reviewed, reviewers_of
from ownvoice.reviewing.sample import ReviewRound, SampleRow, find_round, read_sample, rounds
from ownvoice.storage.lake import Lake
from ownvoice.storage.listed import StoredObject

AHEAD = 6
"""So many items a browser holds, so that a lost connection does not stop whoever reviews."""

_MAX_KNOWN = 50_000
_known: dict[StoredObject, ReviewAnswer] = {}  # answers of every round that was looked at, each read once


@dataclass(frozen=True, slots=True)
class Source:
    """What is told of an item once it is answered: which side is the author's, and where the author wrote it.

    `rejected` is the other answer, letter for letter: it may be edited.
    """

    left: Side
    rejected: str
    article_id: str
    original: Original


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item as one reviewer is shown it, with their newest answer."""

    item_id: str
    prompt: str
    left: str
    right: str
    answer: ReviewAnswer | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reviewer is: `own` measures what they have answered; `left` items are still for them."""

    own: Reviewer | None
    left: int

    @property
    def done(self) -> int:
        """How many items they have answered or skipped."""
        return self.own.items + self.own.skipped if self.own else 0


class RoundsPage(TypedDict):
    """Every round, newest first, with a sentence for each that cannot be read."""

    rounds: Sequence[ReviewRound]
    faults: Sequence[str]


class ReviewPage(TypedDict):
    """One round for one reviewer: the item to begin with, if any is left, and what they have answered, newest first."""

    round: ReviewRound
    reviewer: str
    guideline: Guideline
    progress: Progress
    item: ShownItem | None
    answered: Sequence[tuple[SampleRow, ReviewAnswer | None]]


class NextItems(TypedDict):
    """The items that come next."""

    items: Sequence[ShownItem]
    progress: Progress


def rounds_page(lake: Lake) -> RoundsPage:
    """Return the rounds of a lake."""
    faults: list[str] = []
    return {"rounds": rounds(lake, faults), "faults": faults}


def review_page(lake: Lake, round_name: str, reviewer: str, item_id: str = "") -> ReviewPage | None:
    """Return a round as a reviewer finds it, at `item_id` or at what is next; None where it is not there."""
    made = find_round(lake, round_name)
    if made is None:
        return None
    sample, answers = sample_of(lake, round_name), _answers(lake, round_name)
    queue = queue_of(sample, reviewer, answers) if made.is_open else []
    row = next((row for row in sample if row.item_id == item_id), None) if item_id else next(iter(queue), None)
    if item_id and row is None:
        return None
    return {
        "round": made,
        "reviewer": reviewer,
        "guideline": guideline(),
        "progress": _progress(sample, reviewer, answers, len(queue)),
        "item": _shown(lake, made, reviewer, row) if row else None,
        "answered": _answered(made, sample, reviewer, answers),
    }


def next_items(lake: Lake, round_name: str, reviewer: str, held: Collection[str] = ()) -> NextItems | None:
    """Return what comes next for a reviewer whose browser holds the items `held`; None where there is no such round."""
    made = find_round(lake, round_name)
    if made is None:
        return None
    sample, answers = sample_of(lake, round_name), _answers(lake, round_name)
    queue = queue_of(sample, reviewer, answers) if made.is_open else []
    new = [row for row in queue if row.item_id not in held][:AHEAD]
    return {
        "items": [_shown(lake, made, reviewer, row) for row in new],
        "progress": _progress(sample, reviewer, answers, len(queue)),
    }


def shown_item(lake: Lake, round_name: str, reviewer: str, item_id: str) -> ShownItem | None:
    """Return one item of a round as a reviewer is shown it; None where it is not there."""
    made = find_round(lake, round_name)
    row = next((row for row in sample_of(lake, round_name) if row.item_id == item_id), None) if made else None
    return _shown(lake, made, reviewer, row) if made and row else None


def sample_of(lake: Lake, round_name: str) -> list[SampleRow]:
    """Return the items of a round that is there; they never change."""
    return CACHE.get((lake.uri, "review sample", round_name), lambda: read_sample(lake, round_name))


def _answers(lake: Lake, round_name: str) -> list[ReviewAnswer]:
    """Return the answers of a round; one that cannot be read is no reason to keep people from answering."""
    if len(_known) > _MAX_KNOWN:
        _known.clear()
    return answers_of(lake, round_name, faults=[], known=_known)


def _shown(lake: Lake, made: ReviewRound, reviewer: str, row: SampleRow) -> ShownItem:
    answer = answer_to(lake, made.round, reviewer, row.item_id)
    left = answer.shown_left if answer else side_shown_left(row.item_id, reviewer)
    texts = (row.chosen, row.rejected) if left == "chosen" else (row.rejected, row.chosen)
    is_told = answer is not None or not made.is_open
    return ShownItem(row.item_id, row.prompt, *texts, answer, _source(lake, row, left) if is_told else None)


def _source(lake: Lake, row: SampleRow, left: Side) -> Source:
    return Source(left, row.rejected, row.article_id, quoted_original(lake, row.article_sha256, row.spans))


def _progress(sample: Sequence[SampleRow], reviewer: str, answers: Sequence[ReviewAnswer], left: int) -> Progress:
    own = reviewers_of(reviewed(sample, [one for one in answers if one.reviewer == reviewer]))
    return Progress(own[0] if own else None, left)


def _answered(
    made: ReviewRound, sample: Sequence[SampleRow], reviewer: str, answers: Sequence[ReviewAnswer]
) -> list[tuple[SampleRow, ReviewAnswer | None]]:
    """Return the items that this reviewer answered, newest first, and behind them those of a closed round."""
    rows = {row.item_id: row for row in sample}
    own = standing(one for one in answers if one.reviewer == reviewer and one.item_id in rows)
    newest = sorted(own, key=lambda one: one.at, reverse=True)
    done = {one.item_id for one in own}
    others = [] if made.is_open else [row for row in sample if row.item_id not in done]
    return [*((rows[one.item_id], one) for one in newest), *((row, None) for row in others)]
