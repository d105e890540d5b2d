"""What reviewers answer: one object an answer, created once, so that no answer is lost or overwrites another.

reviews/<round>/answers/<reviewer>/<item>/<n>.json

Whoever answers an item again adds the next number, which supersedes the one before it; the highest number counts. Two
tabs that answer at the same time meet at one number: one of them creates it, and the other is told what stands.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, MutableMapping
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field, model_validator

from ownvoice.errors import DamagedError
from ownvoice.reviewing.sample import read_round
from ownvoice.storage.damage import readable
from ownvoice.storage.lake import Lake
from ownvoice.storage.listed import StoredObject
from ownvoice.storage.review_keys import ReviewKeys

Choice = Literal["left", "right", "tie", "both_bad", "skip"]
Winner = Literal["chosen", "rejected", "tie", "both_bad"]

MAX_EDITED_CHARS = 20_000
MAX_REASON_CHARS = 2_000
_READ_AT_ONCE = 32

_Name = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class ReviewAnswer(BaseModel):
    """One answer of one reviewer to one item.

    `answer_id` is made by whoever sends it, so that a repeated sending is known; `number` counts the reviewer's answers
    to the item from 1, and `supersedes` is the one before it. `edited` is a new rejected answer: `edit_source` says
    whether it is the model's, `edited`, or written by a `human`. `seconds` from showing the item to answering it.
    """

    model_config = ConfigDict(frozen=True)

    answer_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    round: _Name
    item_id: _Name
    reviewer: _Name
    shown_left: Literal["chosen", "rejected"]
    choice: Choice
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON_CHARS)] = ""
    edited: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_EDITED_CHARS)] | None
    ) = None
    edit_source: Literal["edited", "human"] | None = None
    seconds: float | None = Field(None, ge=0, allow_inf_nan=False)
    guideline_version: str
    number: int = Field(1, ge=1)
    supersedes: int | None = None
    at: dt.datetime

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.edited is None) != (self.edit_source is None):
            raise ValueError("edited and edit_source go together: a new text, and whether it is edited or written")
        if self.supersedes != (self.number - 1 or None):
            raise ValueError(f"answer {self.number} supersedes the one before it: None for the first, else number - 1")
        return self

    @computed_field  # type: ignore[prop-decorator]
    @property
    def winner(self) -> Winner | None:
        """Which answer is better, whatever side it stood on; None where the item was skipped."""
        return winner_of(self.choice, self.shown_left)

    @property
    def review_id(self) -> str:
        """The key of the answer's object, by which a pair names it."""
        return ReviewKeys(self.round).answer(self.reviewer, self.item_id, self.number)


class Given(NamedTuple):
    """What became of an answer: whether it is `recorded` (now, or when it was sent before), and the one that `stands`.

    Where it is not, another took its number: `stands` is the newest answer of this reviewer to the item. `is_late`
    where the round was closed before, so that it was not recorded, or meanwhile, so that it may not count.
    """

    recorded: bool
    stands: ReviewAnswer | None
    is_late: bool = False


def winner_of(choice: Choice, shown_left: Literal["chosen", "rejected"]) -> Winner | None:
    """Return which answer a choice is for, by the one that stood on the left."""
    if choice == "skip":
        return None
    if choice in ("tie", "both_bad"):
        return choice
    return shown_left if choice == "left" else "rejected" if shown_left == "chosen" else "chosen"


def give_answer(lake: Lake, answer: ReviewAnswer) -> Given:
    """Record an answer unless its number is taken, or its round is closed. Sent twice, it is there once.

    It is read back: a store without conditional creation may grant one number twice, and the last writer keeps it.
    Raises `SettingsError` where there is no such round; whether the item is of its sample is for the caller to see.
    """
    stands = answer_to(lake, answer.round, answer.reviewer, answer.item_id)
    if stands is not None and stands.number >= answer.number:
        return Given(_was_recorded(lake, answer), stands)
    if not read_round(lake, answer.round).is_open:
        return Given(False, stands, is_late=True)
    if answer.number != (stands.number if stands else 0) + 1:
        return Given(False, stands)
    lake.store.create(answer.review_id, answer.model_dump_json(indent=1).encode())
    stands = answer_to(lake, answer.round, answer.reviewer, answer.item_id)
    return Given(_was_recorded(lake, answer), stands, is_late=not read_round(lake, answer.round).is_open)


def answer_to(lake: Lake, round_name: str, reviewer: str, item_id: str) -> ReviewAnswer | None:
    """Return the newest answer of a reviewer to an item, or None."""
    number, found = 1, None
    while (answer := _read(lake, ReviewKeys(round_name).answer(reviewer, item_id, number))) is not None:
        number, found = number + 1, answer
    return found


def answers_of(
    lake: Lake,
    round_name: str,
    reviewer: str | None = None,
    faults: list[str] | None = None,
    known: MutableMapping[StoredObject, ReviewAnswer] | None = None,
) -> list[ReviewAnswer]:
    """Return every answer of a round, or of one reviewer there, superseded ones too, by time.

    One that cannot be read adds a sentence to `faults`; raises `DamagedError` where there is no such list. What is in
    `known` is not read again, and what is read is added: an answer never changes.
    """
    keys = ReviewKeys(round_name)
    known = {} if known is None else known
    stored = list(lake.store.objects(keys.answers if reviewer is None else keys.answers_by(reviewer)))
    found = {one: known[one] for one in stored if one in known}
    new = sorted((one for one in stored if one not in found), key=lambda one: one.key)
    for one, data in zip(new, asyncio.run(_read_all(lake, [one.key for one in new])), strict=True):
        try:
            if data is not None:
                found[one] = known[one] = _parsed(lake, one.key, data)
        except DamagedError as error:
            if faults is None:
                raise
            faults.append(str(error))
    return sorted(found.values(), key=lambda answer: (answer.at, answer.reviewer, answer.item_id, answer.number))


def standing(answers: Iterable[ReviewAnswer]) -> list[ReviewAnswer]:
    """Return those that count, in their order: of each reviewer and item, the one with the highest number."""
    newest: dict[tuple[str, str], ReviewAnswer] = {}
    for answer in answers:
        key = answer.reviewer, answer.item_id
        if key not in newest or newest[key].number < answer.number:
            newest[key] = answer
    return list(newest.values())


def _was_recorded(lake: Lake, answer: ReviewAnswer) -> bool:
    """Whether this very answer lies under its number."""
    stored = _read(lake, answer.review_id)
    return stored is not None and stored.answer_id == answer.answer_id


def _read(lake: Lake, key: str) -> ReviewAnswer | None:
    return lake.read_record(key, ReviewAnswer.model_validate)


async def _read_all(lake: Lake, keys: list[str]) -> list[bytes | None]:
    at_once = asyncio.Semaphore(_READ_AT_ONCE)

    async def one(key: str) -> bytes | None:
        async with at_once:
            return await lake.store.read_async(key)

    return await asyncio.gather(*map(one, keys))


def _parsed(lake: Lake, key: str, data: bytes) -> ReviewAnswer:
    with readable(lake.uri, key):
        return ReviewAnswer.model_validate_json(data)
