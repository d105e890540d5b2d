"""An answer as a browser sends it, and what the reviewer is told of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ownvoice.config.problems import problems_in
from ownvoice.pages.review import ShownItem, sample_of, shown_item
from ownvoice.reviewing.answers import Choice, Given, ReviewAnswer, answer_to, give_answer
from ownvoice.reviewing.order import side_shown_left
from ownvoice.reviewing.sample import find_round
from ownvoice.storage.lake import Lake

CHOICES: dict[Choice, str] = {
    "left": "answer 1 is better",
    "right": "answer 2 is better",
    "tie": "tie",
    "both_bad": "both bad",
    "skip": "skipped",
}

_Name = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class SentAnswer(BaseModel):
    """What a browser may say; sides, guideline and time of an answer are not for it to say.

    `reviewer` is whom the page was opened by: it has to be who is logged in, and names nobody else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    answer_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    round: _Name
    item_id: _Name
    reviewer: _Name
    number: int = Field(ge=1, le=1_000)
    choice: Choice
    reason: str = ""
    edited: str | None = None
    edit_source: Literal["edited", "human"] | None = None
    seconds: float = Field(ge=0, le=86_400)


def why_no_answer(error: ValidationError) -> str:
    """Return in one sentence what is wrong with what a browser sent."""
    return f"This is no answer: {'; '.join(problems_in(error))[:500]}."


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an answer, in a sentence; `is_late` where the round is closed, `item` as it stands now."""

    recorded: bool
    is_late: bool
    sentence: str
    item: ShownItem


def record_answer(lake: Lake, sent: SentAnswer, now: dt.datetime) -> Receipt | None:
    """Record an answer as `give_answer` does; None where there is no such round, or no such item in it.

    Raises `ValidationError` where the fields do not hold together, as an edit without its source.
    """
    made = find_round(lake, sent.round)
    if made is None or all(row.item_id != sent.item_id for row in sample_of(lake, sent.round)):
        return None
    answer = ReviewAnswer(
        **sent.model_dump(),
        shown_left=_shown_left(lake, sent),
        guideline_version=made.guideline_version,
        supersedes=sent.number - 1 or None,
        at=now,
    )
    given = give_answer(lake, answer)
    item = shown_item(lake, sent.round, sent.reviewer, sent.item_id)
    assert item is not None  # rounds and their samples stay
    return Receipt(given.recorded, given.is_late, _sentence(given), item)


def _shown_left(lake: Lake, sent: SentAnswer) -> Literal["chosen", "rejected"]:
    """Return the side of the reviewer's first answer: it was drawn, or is what another tool had shown."""
    before = answer_to(lake, sent.round, sent.reviewer, sent.item_id) if sent.number > 1 else None
    return before.shown_left if before else side_shown_left(sent.item_id, sent.reviewer)


def _sentence(given: Given) -> str:
    if given.recorded:
        return "Recorded, but the round was closed meanwhile: it may not count." if given.is_late else "Recorded."
    if given.is_late:
        return "Not recorded: the round was closed before this answer arrived."
    if given.stands:
        return f"You have answered this pair elsewhere already: {CHOICES[given.stands.choice]}. That answer stands."
    return "Not recorded: the answer that it follows is not there. Load the page again."
