"""One row of `tables/runs` for each run, of whatever kind; the report of the run writes it."""

from __future__ import annotations

import pyarrow as pa

from ownvoice.dataset.log_entry import own_entry, until_ours
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import RunRow
from ownvoice.storage.tables import RUNS


def write_run_row(lake: Lake, row: RunRow) -> None:
    """Put a run's row in the place of the one it may have.

    Raises `LostCommitError` where other writers get in its way again and again.
    """
    until_ours(lambda: _commit(lake, row))


def _commit(lake: Lake, row: RunRow) -> None:
    from deltalake import write_deltalake

    table = lake.table_for_writing("runs")
    rows = pa.Table.from_pylist([row], schema=RUNS)
    this_run = equals(run_id=row["run_id"])
    with own_entry(lake, "runs", table) as properties:
        write_deltalake(table, rows, mode="overwrite", predicate=this_run, commit_properties=properties)
