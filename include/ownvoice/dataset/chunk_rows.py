"""The rows of `tables/chunks` that one refresh committed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ownvoice.storage.conditions import all_of, equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import ChunkRow
from ownvoice.storage.versions import DatasetVersion


def run_chunks(lake: Lake, version: DatasetVersion, where: str = "true", columns: str = "*") -> Iterator[ChunkRow]:
    """Yield the chunk rows of the run that committed `version`, those that meet the SQL condition `where`.

    Where `columns` names some, the rows have these alone.
    """
    for row in query_run_chunks(lake, version, columns, where):
        yield row | {"drop_reasons": dict(row["drop_reasons"])} if "drop_reasons" in row else row  # type: ignore[misc]


def query_run_chunks(lake: Lake, version: DatasetVersion, select: str, where: str = "true") -> Iterator[dict[str, Any]]:
    """Yield what an SQL query finds among these rows: `select` are its expressions."""
    of_run = equals(refresh_date=version.refresh_date, run_id=version.run_id)  # the date names the partition to read
    for batch in scan(lake.table("chunks", version.chunks_version), select, all_of(of_run, where)):
        yield from batch.to_pylist()
