"""Shards: which file on the Hub a pair is in, and how the files are written.

A shard holds what one refresh added to one side of the split, so a new run is new files and old ones stay as they
are. A large refresh is cut into parts by the hash of the article, which keeps an article's pairs in one file. Both
follow from the row and from the log of the lake, never from the rows beside it: a shard changes only with its rows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.storage.conditions import all_of, equals, literal, one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.tables import PAIRS, SPLITS
from ownvoice.storage.versions import DatasetVersion, all_versions

if TYPE_CHECKING:
    from deltalake import DeltaTable

_TEXTS = ("prompt", "chosen", "rejected")
_SCHEMAS = {
    "data": pa.schema([PAIRS.field(name) for name in ("pair_id", *_TEXTS)]),
    "provenance": pa.schema([field for field in PAIRS if field.name not in _TEXTS]),
}
_PAIRS_PER_PART = 50_000
_ROWS_PER_GROUP = 1_000  # fixed, whatever batches the reader makes: the same rows are the same bytes
_OURS = re.compile(
    rf"(?:{'|'.join(_SCHEMAS)})/(?:{'|'.join(SPLITS)})-(\d{{4}}-\d\d-\d\d)-[0-9a-f]{{8}}-\d{{5}}-of-\d{{5}}\.parquet"
)


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `part` of the `parts` of the pairs that a run added to `split` under its date."""

    split: str
    refresh_date: str
    run_id: str
    part: int
    parts: int

    @property
    def name(self) -> str:
        """The file's name, the same in both folders."""
        run = hashlib.sha256(self.run_id.encode()).hexdigest()[:8]
        return f"{self.split}-{self.refresh_date}-{run}-{self.part:05}-of-{self.parts:05}.parquet"

    @property
    def condition(self) -> str:
        """The rows of the shard, as SQL; hashes are hex digits, so parts are ranges of text."""
        conditions = [equals(refresh_date=self.refresh_date, split=self.split, created_by_run=self.run_id)]
        if self.part:
            conditions.append(f"article_sha256 >= {literal(_bound(self.part, self.parts))}")
        if self.part < self.parts - 1:
            conditions.append(f"article_sha256 < {literal(_bound(self.part + 1, self.parts))}")
        return all_of(*conditions)


def shards_of(lake: Lake, version: DatasetVersion, dates: Collection[str] | None = None) -> Iterator[Shard]:
    """Yield the shards of `version`, or those of the refresh `dates` alone; a part may hold no row."""
    columns = "refresh_date, created_by_run, split"
    where = all_of() if dates is None else one_of("refresh_date", dates)
    grouped = f"{where} GROUP BY {columns} ORDER BY {columns}"
    found = scan(lake.table("pairs", version.number), columns, grouped)
    groups = [row for batch in found for row in batch.to_pylist()]
    added = _first_added(lake) if groups else {}
    for row in groups:
        parts = -(-added.get(row["created_by_run"], 1) // _PAIRS_PER_PART) or 1
        for part in range(parts):
            yield Shard(row["split"], str(row["refresh_date"]), row["created_by_run"], part, parts)


def write_shard(table: DeltaTable, shard: Shard, folder: Path) -> dict[str, Path]:
    """Write a shard below `folder`: its pairs and their provenance, in the order of the pair ids.

    Returns the files by their path on the Hub; none where the shard holds no row. The same rows give the same bytes.
    """
    # Sorted here, batch by batch: the query would hold every page with a row of the shard, and so does any
    # column of a batch that is not copied.
    found = scan(table, "*", shard.condition, files_at_once=1)
    batches = [batch.sort_by("pair_id") for batch in found if batch.num_rows]
    if not batches:
        return {}
    rows = pa.Table.from_batches(batches).sort_by("pair_id")
    files = {f"{name}/{shard.name}": folder / f"{name}-{shard.name}" for name in _SCHEMAS}
    for schema, file in zip(_SCHEMAS.values(), files.values(), strict=True):
        pq.write_table(rows.select(schema.names).cast(schema), file, row_group_size=_ROWS_PER_GROUP)
    return files


def is_shard(path: str, dates: Collection[str] | None = None) -> bool:
    """Whether a file of the Hub is one of ours, of one of the refresh `dates` where those are given."""
    found = _OURS.fullmatch(path)
    return found is not None and (dates is None or found[1] in dates)


def _first_added(lake: Lake) -> Mapping[str, int]:
    """Return how many pairs each run's first commit added: the log never says otherwise later."""
    return {version.run_id: version.added for version in reversed(all_versions(lake))}


def _bound(part: int, parts: int) -> str:
    return f"{(part << 32) // parts:08x}"
