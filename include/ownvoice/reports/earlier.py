"""The earlier nights of a lake: the refreshes in `tables/runs`, and the reports that a new one is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ownvoice.dataset.refresh_report import RefreshReport, find_report
from ownvoice.errors import StorageError
from ownvoice.reports.history import Refresh, nights_to_compare, refresh_of
from ownvoice.storage.lake import Lake, scan

if TYPE_CHECKING:
    from deltalake import DeltaTable


def read_refreshes(table: DeltaTable) -> Iterator[Refresh]:
    """Yield the refreshes that have reported, oldest first, from `tables/runs`."""
    for batch in scan(table, where="kind = 'refresh' ORDER BY refresh_date, run_id"):
        yield from map(refresh_of, batch.to_pylist())


def reports_of(lake: Lake, nights: Sequence[Refresh], before: RefreshReport) -> list[RefreshReport]:
    """Return the reports to compare with, newest first; `nights` are those up to the date of the run `before`.

    Of two nights of one date the report tells which was first. One that cannot be read is as if it had not been.
    """
    found = (_readable(lake, one.run_id) for one in nights_to_compare(nights))
    earlier = (one for one in found if one and one.started_at < before.started_at)
    return sorted(earlier, key=lambda one: one.started_at, reverse=True)


def _readable(lake: Lake, run_id: str) -> RefreshReport | None:
    try:
        return find_report(lake, run_id)
    except StorageError:
        return None
