"""`/feedback`: the rounds of feedback, and one round with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from ownvoice.feedback.reasons import REASONS, FeedbackReason
from ownvoice.feedback.rounds import FeedbackRound, find_round, rounds
from ownvoice.feedback.stored import FeedbackRow, read_feedback_rows
from ownvoice.pages.paging import ResultPage
from ownvoice.storage.lake import Lake

ROWS_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Counted:
    """How many things said have a reason."""

    reason: FeedbackReason
    count: int


class FeedbackRoundsPage(TypedDict):
    """Every round, newest first, with a sentence for each that cannot be read."""

    rounds: Sequence[FeedbackRound]
    faults: Sequence[str]


class FeedbackPage(TypedDict):
    """One round: its counts by reason, and the rows of one result page, those that are not held first."""

    round: FeedbackRound
    counted: Sequence[Counted]
    rows: Sequence[FeedbackRow]
    shown: ResultPage
    reasons: dict[str, FeedbackReason]


def feedback_rounds_page(lake: Lake) -> FeedbackRoundsPage:
    """Return the rounds of a lake."""
    faults: list[str] = []
    return {"rounds": rounds(lake, faults)[::-1], "faults": faults}


def feedback_page(lake: Lake, number: int, page: int) -> FeedbackPage | None:
    """Return a round, or None where there is none of that number."""
    made = find_round(lake, number)
    if made is None:
        return None
    rows = read_feedback_rows(lake, made)
    shown = ResultPage(page, len(rows), ROWS_PER_PAGE)
    counted = [Counted(REASONS[name], count) for name, count in (made.held | made.dropped).items()]
    return {"round": made, "counted": counted, "rows": shown.cut(rows), "shown": shown, "reasons": REASONS}
