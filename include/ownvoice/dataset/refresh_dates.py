"""The refresh dates of a version's pairs: the partitions of the table, by which a reader takes few rows at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ownvoice.storage.lake import files_of

if TYPE_CHECKING:
    from deltalake import DeltaTable


def pairs_by_date(table: DeltaTable) -> dict[dt.date, int]:
    """Count the pairs of each refresh date, newest first, from the table's log alone."""
    files = files_of(table).select(["partition.refresh_date", "num_records"]).to_pylist()
    sizes: Counter[dt.date] = Counter()
    for file in files:
        sizes[file["partition.refresh_date"]] += file["num_records"]
    return dict(sorted(sizes.items(), reverse=True))


def date_groups(sizes: Mapping[dt.date, int], rows: int, first_rows: int | None = None) -> Iterator[list[dt.date]]:
    """Yield the dates in groups of at least so many `rows`, each worth one query; the first may need fewer."""
    group: list[dt.date] = []
    found, enough = 0, rows if first_rows is None else first_rows
    for date, size in sizes.items():
        group.append(date)
        found += size
        if found >= enough:
            yield group
            group, found, enough = [], 0, rows
    if group:
        yield group
