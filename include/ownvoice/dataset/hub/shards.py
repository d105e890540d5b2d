"""Shards: which file on the Hub a pair is in, and how the files are written.

A shard holds what one refresh added to one side of the split, so a new run is new files and old ones stay as they
are. A large refresh is cut into parts by the hash of the article, which keeps an article's pairs in one file. Both
follow from the row and from the log of the lake, never from the rows beside it: a shard changes only with its rows.

A large refresh is read once. Its rows wait on the disk, part by part, until each part is sorted and written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq

from ownvoice.storage.conditions import all_of, equals, one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.tables import PAIRS, SPLITS
from ownvoice.storage.versions import DatasetVersion, all_versions

if TYPE_CHECKING:
    from deltalake import DeltaTable

_TEXTS = ("prompt", "chosen", "rejected")
_SCHEMAS = {
    "data": pa.schema([PAIRS.field(name) for name in ("pair_id", *_TEXTS)]),
    "provenance": pa.schema([field for field in PAIRS if field.name not in _TEXTS]),
    "left_out": PAIRS,
}
"""The columns by folder: the selected pairs are in the first two, and those that are not in the third, whole."""

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
        """The file's name, the same in every folder."""
        run = hashlib.sha256(self.run_id.encode()).hexdigest()[:8]
        return f"{self.split}-{self.refresh_date}-{run}-{self.part:05}-of-{self.parts:05}.parquet"

    def rows_in(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows of `batch`, all of the same run and split, that belong to this part.

        Hashes are hex digits, so parts are ranges of text.
        """
        hashes = batch["article_sha256"]
        above = pc.greater_equal(hashes, _bound(self.part, self.parts) if self.part else "")
        if self.part == self.parts - 1:
            return batch.filter(above)
        return batch.filter(pc.and_(above, pc.less(hashes, _bound(self.part + 1, self.parts))))


def shards_of(lake: Lake, version: DatasetVersion, dates: Collection[str] | None = None) -> Iterator[list[Shard]]:
    """Yield the shards of `version`, or those of the refresh `dates` alone: all parts of a run and split together.

    A part may hold no row.
    """
    columns = "refresh_date, created_by_run, split"
    where = all_of() if dates is None else one_of("refresh_date", dates)
    grouped = f"{where} GROUP BY {columns} ORDER BY {columns}"
    found = scan(lake.table("pairs", version.number), columns, grouped)
    groups = [row for batch in found for row in batch.to_pylist()]
    added = _first_added(lake) if groups else {}
    for row in groups:
        parts = -(-added.get(row["created_by_run"], 1) // _PAIRS_PER_PART) or 1
        place = row["split"], str(row["refresh_date"]), row["created_by_run"]
        yield [Shard(*place, part, parts) for part in range(parts)]


def write_shards(table: DeltaTable, shards: list[Shard], folder: Path) -> Iterator[tuple[str, Path]]:
    """Write all parts of one run and split below `folder`, each as a file of every folder that it has rows for.

    Yields each file with its path on the Hub, a part at a time; nothing for a part without rows. The same rows give
    the same bytes. Until the last part is written, the disk holds the rows of the parts that are left.
    """
    whole = shards[0]
    where = equals(refresh_date=whole.refresh_date, split=whole.split, created_by_run=whole.run_id)
    found = (batch for batch in scan(table, "*", where, files_at_once=1) if batch.num_rows)
    if len(shards) == 1:
        yield from _write(whole, found, folder).items()
        return
    for shard, waiting in zip(shards, _set_apart(shards, found, folder), strict=True):
        with pa.ipc.open_file(waiting) as rows:
            files = _write(shard, (rows.get_batch(number) for number in range(rows.num_record_batches)), folder)
        waiting.unlink()
        yield from files.items()


def _set_apart(shards: list[Shard], found: Iterable[pa.RecordBatch], folder: Path) -> list[Path]:
    """Write the rows of each shard to a file of its own, in the order in which they are found."""
    waiting = [folder / f"waiting-{shard.part}.arrow" for shard in shards]
    packed = pa.ipc.IpcWriteOptions(compression="lz4")
    with ExitStack() as open_files:
        writers = [open_files.enter_context(pa.ipc.new_file(file, PAIRS, options=packed)) for file in waiting]
        for batch in found:
            for shard, writer in zip(shards, writers, strict=True):
                if (rows := shard.rows_in(batch)).num_rows:
                    writer.write_batch(rows.select(PAIRS.names).cast(PAIRS))
    return waiting


def _write(shard: Shard, found: Iterable[pa.RecordBatch], folder: Path) -> dict[str, Path]:
    # Sorted batch by batch: a query would hold every page with a row of the shard, and so does any column of a batch
    # that is not copied.
    batches = [batch.sort_by("pair_id") for batch in found]
    if not batches:
        return {}
    rows = pa.Table.from_batches(batches).sort_by("pair_id")
    is_selected = pc.fill_null(rows["selected"], True)
    files: dict[str, Path] = {}
    for name, schema in _SCHEMAS.items():
        of_folder = rows.filter(is_selected if name != "left_out" else pc.invert(is_selected))
        if of_folder.num_rows:
            file = files[f"{name}/{shard.name}"] = folder / f"{name}-{shard.name}"
            pq.write_table(of_folder.select(schema.names).cast(schema), file, row_group_size=_ROWS_PER_GROUP)
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
