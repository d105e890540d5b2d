"""A fixed sample of a version: so many rows, the same ones whoever asks, however large the dataset has become."""

from __future__ import annotations

from typing import Any

from ownvoice.lake import Lake, scan, sql_text
from ownvoice.versions import DatasetVersion


def sample_pairs(
    lake: Lake, version: DatasetVersion, most: int, columns: str = "*", where: str = "true"
) -> list[dict[str, Any]]:
    """Return at most `most` pairs of `version` that meet the SQL condition `where`: those with the smallest ids.

    Ids are hashes, so that the smallest are a random sample, which changes by a few rows as the dataset grows. The
    table is streamed past and only the sample is held.
    """
    smallest_first = f"{where} ORDER BY pair_id LIMIT {most}"
    batches = scan(lake.table("pairs", version.number), columns, smallest_first)
    return [row for batch in batches for row in batch.to_pylist()]


def made_by_its_run(version: DatasetVersion) -> str:
    """Return the SQL condition that the pairs meet which the version's own run made."""
    return f"refresh_date = {sql_text(str(version.refresh_date))} AND created_by_run = {sql_text(version.run_id)}"
