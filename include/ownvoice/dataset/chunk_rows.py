"""The chunk records of one refresh, as it committed them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ownvoice.pairs.staging import Row
from ownvoice.storage.lake import Lake, scan, sql_text
from ownvoice.storage.versions import find_version


def of_this_run(report: Mapping[str, Any]) -> str:
    """Return the SQL condition for the run's rows of `tables/chunks`; the date names the one partition to read."""
    return f"refresh_date = {sql_text(report['refresh_date'])} AND run_id = {sql_text(report['run_id'])}"


def run_chunks(lake: Lake, report: Mapping[str, Any], columns: str = "*", where: str = "true") -> Iterator[Row]:
    """Yield chunk records of the run of `report` that meet the SQL condition `where`; none before its commit."""
    version = find_version(lake, report["version"]["number"]) if report["version"] else None
    if version is None:
        return
    table = lake.table("chunks", version.chunks_version)
    for batch in scan(table, columns, f"{of_this_run(report)} AND {where}"):
        yield from batch.to_pylist()
