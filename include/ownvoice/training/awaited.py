"""Who waits for a trainer elsewhere: `awaited.json` of the run, by which the one that waits can cancel it."""

from __future__ import annotations

import datetime as dt

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ownvoice.errors import DamagedError
from ownvoice.storage.answer_job_keys import AnswerJobKeys
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys


class Awaited(BaseModel):
    """Who waits for a training run, until when, and by which command it is trained.

    `waiting_id` tells one wait from the next. `earlier_result` is the tag of the result of a try before, which does not
    end this wait. `cancelled` is why nobody waits any more, as the beginning of a sentence;
    a trainer that reads it stops, and none starts, until the run is awaited again.
    """

    model_config = ConfigDict(frozen=True)

    waiting_id: str
    since: AwareDatetime
    until: AwareDatetime
    command: str
    earlier_result: str = ""
    cancelled: str = ""

    def is_over(self) -> bool:
        """Whether it has waited as long as it may."""
        return dt.datetime.now(dt.UTC) > self.until


def read_awaited(lake: Lake, keys: RunKeys | AnswerJobKeys) -> Awaited | None:
    """Return who waits for a run; None where nobody does, or the file is damaged."""
    try:
        return lake.read_record(keys.awaited, Awaited.model_validate)
    except DamagedError:
        return None


def write_awaited(lake: Lake, keys: RunKeys | AnswerJobKeys, awaited: Awaited) -> None:
    """Write that a run is awaited, in the place of whoever waited before."""
    lake.write_json(keys.awaited, awaited.model_dump(mode="json"))


def cancel(lake: Lake, keys: RunKeys | AnswerJobKeys, reason: str, waiting_id: str | None = None) -> None:
    """Let the trainer of a run stop and no other start; with a `waiting_id`, only where that wait is the last one."""
    awaited = read_awaited(lake, keys)
    if awaited and not awaited.cancelled and waiting_id in (None, awaited.waiting_id):
        write_awaited(lake, keys, awaited.model_copy(update={"cancelled": reason}))


def forget_awaited(lake: Lake, keys: RunKeys | AnswerJobKeys) -> None:
    """Take note that nobody waits, because the training has ended. Repeated, it changes nothing."""
    lake.store.delete(keys.awaited)
