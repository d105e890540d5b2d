"""The rounds of feedback in the lake, which count from 1; one is open at a time.

feedback/rounds/<number>/round.json         what was collected: created once, when all else of it is there
                        <draft>-events.parquet  what was said and is not dropped (text)
                        <draft>-rows.parquet    the rows that are proposed or held (text)
                        <draft>-fates.parquet   what became of every event, without text
                        decision.json       approved or rejected: created once
                        applied.json        its rows are in tables/imported
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ownvoice.errors import DamagedError, SettingsError
from ownvoice.storage.feedback_keys import ROUNDS, FeedbackKeys
from ownvoice.storage.lake import Lake


class Decision(BaseModel):
    """How a round ended: by whom, which of its held rows were released, and which were left out, by row id."""

    model_config = ConfigDict(frozen=True)

    how: Literal["approved", "rejected"]
    by: str
    at: dt.datetime
    released: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class FeedbackRound(BaseModel):
    """What a round is. Counts are of events whose fate is new: `events` = `in_rows` + all of `dropped` + all of `held`.

    `rows` are proposed, `held_rows` wait for a person, and `to_withdraw` are recorded rows that what is known now no
    longer makes. `refused` names records and objects that could not be read, the first hundred of `refused_count`.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    run: str
    draft: str
    source: str
    collected_at: dt.datetime
    objects: int
    known: int
    in_rows: int
    dropped: dict[str, int]
    held: dict[str, int]
    rows: int
    rows_by_class: dict[str, int]
    held_rows: int
    to_withdraw: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    refused_count: int = 0
    decision: Decision | None = None
    applied: bool = False

    @property
    def events(self) -> int:
        """How many events have a new fate."""
        return self.in_rows + sum(self.dropped.values()) + sum(self.held.values())

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.decision is None

    @property
    def keys(self) -> FeedbackKeys:
        """Where it lies in the lake."""
        return FeedbackKeys(self.number)


def rounds(lake: Lake, faults: list[str] | None = None) -> list[FeedbackRound]:
    """Return every round, the oldest first. One that cannot be read adds to `faults`; raises where that is None."""
    found: list[FeedbackRound] = []
    for folder in lake.store.folders(ROUNDS):
        try:
            if folder.isdecimal() and (one := find_round(lake, int(folder))):
                found.append(one)
        except DamagedError as error:
            if faults is None:
                raise
            faults.append(str(error))
    return sorted(found, key=lambda one: one.number)


def find_round(lake: Lake, number: int) -> FeedbackRound | None:
    """Return a round, or None. Raises `DamagedError` where it cannot be read."""
    keys = FeedbackKeys(number)
    found = lake.read_record(keys.round, FeedbackRound.model_validate)
    if found is None:
        return None
    decision = lake.read_record(keys.decision, Decision.model_validate)
    return found.model_copy(update={"decision": decision, "applied": lake.store.stat(keys.applied) is not None})


def read_round(lake: Lake, number: int) -> FeedbackRound:
    """As `find_round`. Raises `SettingsError` where there is none."""
    if found := find_round(lake, number):
        return found
    known = ", ".join(str(one.number) for one in rounds(lake, [])) or "none"
    raise SettingsError(f"{lake.uri} holds no round of feedback {number}; there are: {known}.")
