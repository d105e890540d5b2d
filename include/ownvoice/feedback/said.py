"""What one record of an export says, before anyone is protected: whoever spoke is still named. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from ownvoice.storage.rows import Message


class Kind(StrEnum):
    """What a person, or a program, did with an answer."""

    UP = "up"
    DOWN = "down"
    EDIT = "edit"  # `other` is what the answer was edited to
    CHOICE = "choice"  # `answer` was preferred to `other`
    REGENERATION = "regeneration"  # another answer was asked for, and nothing was said of this one
    MODEL_RATING = "model_rating"  # a program said it


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: the conversation, its own id there, and that of the message it answers.

    An id is "" where the export has none.
    """

    conversation: str = ""
    message: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said of one answer.

    `turns` are all messages before the answer, or None where they stand in other records (`Node`); `answer` is None
    then too. `consent` is what the record itself says: None where it says nothing. `place_in_file` is such as "line 3".
    """

    kind: Kind
    place_in_file: str
    at: Place
    turns: tuple[Message, ...] | None = None
    answer: str | None = None
    other: str | None = None
    person: str = ""
    said_at: dt.datetime | None = None
    model: str = ""
    comment: str = ""
    tags: tuple[str, ...] = ()
    consent: bool | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One message of an export that keeps messages apart from what is said of them.

    `turns` are the messages before it, where the record has them; else the parents are followed.
    """

    at: Place
    role: str
    content: str
    model: str = ""
    person: str = ""
    consent: bool | None = None
    turns: tuple[Message, ...] | None = None


Piece = Said | Node
"""What a reader makes of a record."""
