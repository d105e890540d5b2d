"""The rows of `tables/chunks` that one refresh committed."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.pairs.staging import Row
from ownvoice.storage.conditions import all_of, equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion


def run_chunks(lake: Lake, version: DatasetVersion, columns: str = "*", where: str = "true") -> Iterator[Row]:
    """Yield the chunk rows of the run that made `version`, those that meet the SQL condition `where`.

    The refresh date in the query names the one partition to read.
    """
    of_run = equals(refresh_date=version.refresh_date, run_id=version.run_id)
    for batch in scan(lake.table("chunks", version.chunks_version), columns, all_of(of_run, where)):
        for row in batch.to_pylist():
            yield row | {"drop_reasons": dict(row["drop_reasons"])} if "drop_reasons" in row else row
