"""A fixed sample of a version: so many rows, the same ones whoever asks, however large the dataset has become."""

from __future__ import annotations

from collections.abc import Collection
from operator import itemgetter
from typing import Any

from ownvoice.storage.conditions import SELECTED, all_of, equals, literal
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.tables import PAIRS
from ownvoice.storage.versions import DatasetVersion


def sample_pairs(
    lake: Lake, version: DatasetVersion, most: int, columns: Collection[str] = PAIRS.names, where: str = "true"
) -> list[dict[str, Any]]:
    """Return at most `most` selected pairs of `version` that meet the SQL condition `where`, by smallest id.

    Ids are hashes, so that the smallest are a random sample, which changes by a few rows as the dataset grows. Rows
    have `columns` and the id. Only ids are sorted: with texts beside them a million pairs would take a gigabyte.
    """
    table = lake.table("pairs", version.number)
    where = all_of(SELECTED, where)
    smallest = f"{where} ORDER BY pair_id LIMIT {most}"
    ids = [row["pair_id"] for batch in scan(table, "pair_id", smallest) for row in batch.to_pylist()]
    if not ids:
        return []
    batches = scan(table, ", ".join({"pair_id", *columns}), all_of(where, f"pair_id <= {literal(max(ids))}"))
    return sorted((row for batch in batches for row in batch.to_pylist()), key=itemgetter("pair_id"))


def made_by_its_run(version: DatasetVersion) -> str:
    """Return the SQL condition that the pairs meet which the version's own run made."""
    return equals(refresh_date=version.refresh_date, created_by_run=version.run_id)
