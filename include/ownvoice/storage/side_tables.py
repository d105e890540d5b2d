"""The side tables of a dataset version: whether `articles` and `chunks` still hold what its commit says.

The commit of `pairs` names a version of each side table and the number of its rows. A side table that lost an entry of
its log opens without a word, with fewer rows or as an older version: a refresh that believed it would take every
article for a new one, and commit its pairs a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake, files_of, scan
from ownvoice.storage.layout import table_key
from ownvoice.storage.remedies import remedy
from ownvoice.storage.versions import DatasetVersion
from ownvoice.storage.withdrawn import withdrawn_of

if TYPE_CHECKING:
    from deltalake import DeltaTable


@dataclass(frozen=True, slots=True)
class SideTables:
    """What a commit of `pairs` says of its side tables: the version of each and the number of its rows."""

    articles_version: int
    chunks_version: int
    articles_rows: int
    chunks_rows: int

    @classmethod
    def at(cls, lake: Lake, articles_version: int, chunks_version: int) -> SideTables:
        """Count the rows of the side tables at these versions."""
        articles, chunks = lake.table("articles", articles_version), lake.table("chunks", chunks_version)
        assert articles is not None and chunks is not None, "they were written just now"
        return cls(articles_version, chunks_version, count_rows(articles), count_rows(chunks))


def count_rows(table: DeltaTable) -> int:
    """Return the number of rows of a table as it was opened, from its log."""
    return sum(files_of(table)["num_records"].to_pylist())


def side_table_faults(lake: Lake, version: DatasetVersion) -> Iterator[str]:
    """Yield a sentence for each side table that is not what the commit of `version` says."""
    named = (
        ("articles", version.articles_version, version.articles_rows),
        ("chunks", version.chunks_version, version.chunks_rows),
    )
    gone = withdrawn_of(lake, version.number)
    for name, number, rows in named:
        try:
            table = lake.table_as_committed(name, number)
        except StorageError as error:
            yield str(error).removesuffix(remedy(table_key(name))).rstrip(" .")
            continue
        if table is None:
            yield f"{lake.uri}/{table_key(name)} is gone"
        elif rows is not None and (found := count_rows(table) + gone.rows(name)) != rows:
            yield f"{lake.uri}/{table_key(name)} holds {found} rows at version {number}, and {rows} were committed"


def refuse_lost_versions(lake: Lake, newest: DatasetVersion | None) -> None:
    """Raise `StorageError` where `tables/runs` knows a version after the `newest` one: the log of `pairs` lost it."""
    found = [
        row["version"] for batch in scan(lake.table("runs"), "max(version) AS version") for row in batch.to_pylist()
    ]
    known, there = max(filter(None, found), default=0), newest.number if newest else 0
    if known > there:
        state = f"ends at version {there}" if newest else "holds no version"
        raise StorageError(
            f"{lake.uri}/{table_key('pairs')} {state}, and version {known} was committed. Nothing was asked and "
            "nothing was changed: put the folder back from a backup of the lake, and run again."
        )


def refuse_torn_tables(lake: Lake, version: DatasetVersion | None) -> None:
    """Raise `StorageError` where a side table of `version` is not what its commit says; no version, no fault."""
    faults = list(side_table_faults(lake, version)) if version else []
    if faults:
        raise StorageError(
            f"{'; '.join(faults)}. Nothing was asked and nothing was changed: put the folder back from a backup of the "
            "lake that is as new as its `tables/pairs`, and run again."
        )
