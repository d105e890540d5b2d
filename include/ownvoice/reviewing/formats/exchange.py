"""What a review tool shows of an item, and what came back from it. Pure.

A tool shows everyone the same side of an item: the sides are by hash of item and tool. Neither which answer is the
author's nor why an item was drawn leaves the lake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from ownvoice.reviewing.order import side_shown_left
from ownvoice.reviewing.sample import ReviewRound, SampleRow

ToolName = Literal["argilla", "label_studio"]

CHOICES = {"left": "Left", "right": "Right", "tie": "Tie", "both_bad": "Both bad"}
"""What users of a tool may choose, with the words that it shows. Skipping an item is a button of the tool's own."""

QUESTION = "Which answer is better?"
REASON = "Why? (if you want to say)"


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as a tool shows it."""

    item_id: str
    prompt: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Response:
    """What a user of a tool answered, as the file has it; only its shape has been checked.

    `is_submitted` is False where the user has not finished, or skipped the item. `at` is None where the tool does not
    say when, and `seconds` where it does not say how long it took.
    """

    round: str
    shown: Shown
    user: str
    choice: str
    reason: str
    is_submitted: bool
    seconds: float | None = None
    at: dt.datetime | None = None


class ReviewTool(Protocol):
    """A review tool's formats."""

    name: ToolName
    export_with: str
    """How a user gets a file that can be read here, in words."""

    def files(self, made: ReviewRound, items: Sequence[Shown], guideline: str) -> Mapping[str, bytes]:
        """Return the files that the tool is given, by name."""

    def responses(self, record: Any) -> Iterator[Response | str]:
        """Yield the responses in one record of a file, and a sentence for each that cannot be read.

        Raises `ValueError` where the record as a whole cannot be.
        """


def shown(row: SampleRow, tool: ToolName) -> Shown:
    """Return an item as `tool` shows it."""
    sides = row.chosen, row.rejected
    left, right = sides if side_shown_left(row.item_id, tool) == "chosen" else sides[::-1]
    return Shown(row.item_id, row.prompt, left, right)


def what_is_wrong(error: ValidationError) -> str:
    """Return the first thing that a record's shape has wrong, in one line."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]


def in_utc(moment: dt.datetime | None) -> dt.datetime | None:
    """Return a moment with its time zone, UTC where a tool names none."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=dt.UTC)
