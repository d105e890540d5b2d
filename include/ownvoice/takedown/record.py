"""The record of a takedown: what was asked, decided and done, without a word of what was withdrawn.

`takedowns/<takedown_id>/record.json` is written after each step, so that a takedown that was killed goes on from there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from ownvoice.storage.lake import Lake
from ownvoice.storage.takedown_keys import TAKEDOWNS, TakedownKeys
from ownvoice.takedown.models import ModelUse
from ownvoice.takedown.request import TakedownRequest


class StepDone(BaseModel):
    """A step that was done: what it came to as `counts`, and what it found left, by what that is and why."""

    model_config = ConfigDict(frozen=True)

    name: str
    at: dt.datetime
    counts: dict[str, int] = {}
    open: dict[str, str] = Field({}, description="what this takedown has yet to do, or a person")
    outside: dict[str, str] = Field({}, description="what no takedown can reach or look through")


class TakedownRecord(BaseModel):
    """One takedown. `near_copies` are articles that went as near copies of one that was asked for."""

    model_config = ConfigDict(frozen=True)

    takedown_id: str
    request: TakedownRequest
    began_at: dt.datetime
    decided_by: str = ""
    near_copies: dict[str, str] = {}
    models: list[ModelUse] = []
    steps: list[StepDone] = []
    closed_at: dt.datetime | None = None

    @property
    def state(self) -> str:
        """`closed` once every step was done and nothing was left; `open` until then."""
        return "closed" if self.closed_at else "open"

    @property
    def open(self) -> dict[str, str]:
        """What is left to do, by what it is."""
        return {what: why for step in self.steps for what, why in step.open.items()}

    @property
    def outside(self) -> dict[str, str]:
        """What cannot be reached, by what it is."""
        return {what: why for step in self.steps for what, why in step.outside.items()}

    def step(self, name: str) -> StepDone | None:
        """Return a step if it was done."""
        return next((step for step in self.steps if step.name == name), None)

    def with_step(self, done: StepDone) -> TakedownRecord:
        """Return the record with a step, in the place of what was said of it before."""
        others = [step for step in self.steps if step.name != done.name]
        return self.model_copy(update={"steps": [*others, done]})


def read_takedown(lake: Lake, takedown_id: str) -> TakedownRecord | None:
    """Return the record of a takedown, or None where it never began."""
    return lake.read_record(TakedownKeys(takedown_id).record, TakedownRecord.model_validate)


def write_takedown(lake: Lake, record: TakedownRecord) -> None:
    """Write the record of a takedown."""
    lake.write_json(TakedownKeys(record.takedown_id).record, record.model_dump(mode="json"))


def takedowns(lake: Lake) -> Iterator[TakedownRecord]:
    """Yield the record of every takedown, in the order in which they began."""
    records = [record for name in lake.store.folders(TAKEDOWNS) if (record := read_takedown(lake, name))]
    yield from sorted(records, key=lambda record: record.began_at)
