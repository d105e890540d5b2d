"""A takedown from its plan to its record: one step after the other, each written down when it is done.

Killed at any moment and run again, it goes on with the step that it was at. Run again when all is done, it does again
only what was left open, and searches once more; a takedown that is closed is not begun again.
"""

from __future__ import annotations

import datetime as dt
import os
import socket

from ownvoice.config.settings import HubDataset
from ownvoice.errors import LakeHeldError, VerificationError
from ownvoice.storage.lake import Lake
from ownvoice.storage.lease import current_lease, held_by_process
from ownvoice.storage.takedown_keys import TakedownKeys, takedown_run_id
from ownvoice.takedown import steps
from ownvoice.takedown.bucket import remove_versions_of
from ownvoice.takedown.hub import Client
from ownvoice.takedown.models import decided
from ownvoice.takedown.record import TakedownRecord, read_takedown, write_takedown
from ownvoice.takedown.request import TakedownRequest
from ownvoice.takedown.rows import find_rows
from ownvoice.takedown.search.objects import Progress
from ownvoice.takedown.steps import Asked, Work, is_held

_SHOWN = 5


def take_down(
    lake: Lake,
    asked: Asked,
    open_hub: Client,
    target: HubDataset | None = None,
    progress: Progress | None = None,
) -> TakedownRecord:
    """Take down what is asked; return the record, whose `open` says what is left to do.

    Raises `LakeHeldError` where a refresh, or another takedown, holds the lake, `StorageError` where nothing is found,
    and `StorageUnavailableError` where the store is away: run the same again.
    """
    record = begun(lake, asked)
    if record.state == "closed":
        _forget(lake, record)
        return record
    run_id = takedown_run_id(record.takedown_id)
    _refuse_twin(lake, run_id)
    with held_by_process(lake, run_id) as renew:
        work = Work(lake, asked, _decided_again(record, asked), open_hub, target, progress)
        for name, step in steps.STEPS.items():
            if _is_due(work.record, name):
                done = step(work)
                work.record = work.record.with_step(done)
                write_takedown(lake, work.record)
                renew()
        return _closed(lake, work.record)


def _decided_again(record: TakedownRecord, asked: Asked) -> TakedownRecord:
    """Return the record with the models that are to be kept after all; their cards are then to be marked again."""
    if not (asked.kept_models and record.step("models")):
        return record
    steps_left = [step for step in record.steps if step.name != "cards"]
    return record.model_copy(update={"models": decided(record.models, asked.kept_models), "steps": steps_left})


def refuse_open(record: TakedownRecord) -> None:
    """Raise `VerificationError` where a takedown left something to do."""
    if record.open:
        shown = "; ".join(f"{what}: {why}" for what, why in list(record.open.items())[:_SHOWN])
        more = f"; and {len(record.open) - _SHOWN} more" if len(record.open) > _SHOWN else ""
        raise VerificationError(
            f"takedown {record.takedown_id} is open, since this is left: {shown}{more}. Do that, then run the same "
            "takedown again: it does what is left, and searches once more."
        )


def begun(lake: Lake, asked: Asked) -> TakedownRecord:
    """Return the record of what is asked: as it stands, or a new one, which is not written yet.

    What came back since a takedown was closed, as after it was lifted, is taken down by another.
    """
    request = TakedownRequest.of(asked.wanted)
    while record := read_takedown(lake, request.takedown_id):
        later = request.once_more()
        is_last = read_takedown(lake, later.takedown_id) is None
        if is_last and not (record.closed_at and is_held(find_rows(lake, asked.wanted))):
            return record
        request = later
    return TakedownRecord(
        takedown_id=request.takedown_id, request=request, began_at=dt.datetime.now(dt.UTC), decided_by=asked.decided_by
    )


def _is_due(record: TakedownRecord, name: str) -> bool:
    """Whether a step is to be done: for the first time, because it left something, or because it is the proof."""
    done = record.step(name)
    return done is None or bool(done.open) or name == "search"


def _closed(lake: Lake, record: TakedownRecord) -> TakedownRecord:
    """Close a takedown that left nothing to do, and forget what it searched for; another stays open."""
    if record.open:
        return record
    closed = record.model_copy(update={"closed_at": dt.datetime.now(dt.UTC)})
    write_takedown(lake, closed)
    _forget(lake, closed)
    return closed


def _forget(lake: Lake, record: TakedownRecord) -> None:
    """Delete what only a takedown at work needs: the ids that it found, and the numbers that it searched for."""
    keys = TakedownKeys(record.takedown_id)
    for key in (keys.found, keys.sought):
        lake.store.delete(key)
    remove_versions_of(lake, (keys.found, keys.sought))


def _refuse_twin(lake: Lake, run_id: str) -> None:
    """Raise `LakeHeldError` where another living process does the same takedown; the lease alone takes both for one."""
    lease = current_lease(lake)
    if lease is None or lease.run_id != run_id or lease.process is None or lease.is_over(dt.datetime.now(dt.UTC)):
        return
    if (lease.host, lease.process) != (socket.gethostname(), os.getpid()):
        raise LakeHeldError(
            f"{lake.uri} is held by the same takedown, in process {lease.process} of {lease.host} since "
            f"{lease.since[:19]}Z. Let it end; were it killed, run this again when its lease is over, at "
            f"{lease.expires_at[:19]}Z."
        )
