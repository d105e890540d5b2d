"""The cursor: up to which refresh date the source was listed, and when all of it was listed last."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import CURSOR


@dataclass(frozen=True, slots=True)
class Cursor:
    """The refresh dates of the last run that was not partial, and of the last one that listed the whole source."""

    listed_through: dt.date
    reconciled: dt.date


def read_cursor(lake: Lake) -> Cursor | None:
    """Return the cursor, or None before the first run that was not partial has ended."""
    return lake.read_record(CURSOR, _from_json)


def _from_json(stored: dict[str, str]) -> Cursor:
    return Cursor(**{name: dt.date.fromisoformat(day) for name, day in stored.items()})


def is_reconcile(run: RefreshRun, cursor: Cursor | None) -> bool:
    """Whether a run lists the whole source: on request, the first time, and at least every `reconcile_every_days`."""
    if run.reconcile or cursor is None:
        return True
    return (run.refresh_date - cursor.reconciled).days >= run.reconcile_every_days


def advance_cursor(lake: Lake, run_id: str) -> dict[str, str]:
    """Move the cursor to the run's refresh date; the last step of a refresh.

    A run that is partial or older than the cursor leaves it. Returns what the cursor is now, for the task's log.
    """
    run = recorded_run(lake, run_id)
    before = read_cursor(lake)
    if run.is_partial or (before and before.listed_through > run.refresh_date):
        return {"cursor": "stays"}
    reconciled = run.refresh_date if before is None or is_reconcile(run, before) else before.reconciled
    after = asdict(Cursor(run.refresh_date, reconciled))
    lake.write_json(CURSOR, {name: day.isoformat() for name, day in after.items()})
    return {"cursor": run.refresh_date.isoformat()}
