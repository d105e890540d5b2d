"""The rows of `tables/chunks` that one refresh committed."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.pairs.staging import Row
from ownvoice.storage.lake import Lake, scan, sql_text
from ownvoice.storage.versions import DatasetVersion


def run_chunks(lake: Lake, version: DatasetVersion, columns: str = "*", where: str = "true") -> Iterator[Row]:
    """Yield the chunk rows of the run that made `version`, those that meet the SQL condition `where`.

    The refresh date in the query names the one partition to read.
    """
    of_run = f"refresh_date = {sql_text(str(version.refresh_date))} AND run_id = {sql_text(version.run_id)}"
    for batch in scan(lake.table("chunks", version.chunks_version), columns, f"{of_run} AND {where}"):
        for row in batch.to_pylist():
            yield row | {"drop_reasons": dict(row["drop_reasons"])} if "drop_reasons" in row else row
