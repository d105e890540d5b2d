"""Every file that any version of a table names, with the rows of articles that it holds."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator
from functools import reduce
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import table_key
from ownvoice.storage.plain_text import with_plain_text
from ownvoice.storage.table_log import file_key, files_by_version, log_entries, partitions_of_files
from ownvoice.storage.tables import TABLES

_ROWS_AT_A_TIME = 10_000

Values = dict[str, Collection[str]]
"""Values by column: a row is wanted where any of its columns has one of them."""


class TableFiles:
    """The files of one table, of old versions too, that are still there; one that retention removed holds nothing."""

    def __init__(self, lake: Lake, table: str) -> None:
        self._lake, self.table = lake, table
        entries = log_entries(lake, table)
        self._live = files_by_version(entries)
        listed = [one for one in lake.store.objects(table_key(table)) if one.key.endswith(".parquet")]
        self._there = {one.key: one.modified_s for one in listed}
        partitions = partitions_of_files(entries)
        self._partitions = {path: of for path, of in partitions.items() if file_key(table, path) in self._there}

    def named_by(self, version: int) -> frozenset[str]:
        """Return the paths of the files that a version of the table names."""
        return self._live.get(version, frozenset())

    def rows(self, wanted: Values, columns: Collection[str] | None = None) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield the path and the wanted rows of each file, part by part, with `columns` where the file has them."""
        for path, partition in sorted(self._partitions.items()):
            for batch in self._wanted_rows(file_key(self.table, path), wanted, columns):
                yield path, batch if columns is not None else self._with_partition(batch, partition)

    @property
    def has_any(self) -> bool:
        """Whether there is a file at all."""
        return bool(self._partitions)

    def every(self, columns: Collection[str]) -> Iterator[pa.RecordBatch]:
        """Yield all rows of each file, part by part, with these columns."""
        for path in sorted(self._partitions):
            with self._lake.open_rows(file_key(self.table, path)) as file:
                yield from file.iter_batches(_ROWS_AT_A_TIME, columns=list(columns), use_threads=False)

    def left_over(self, wanted: Values, until_s: float) -> list[str]:
        """Return the keys of the files that no version names and that hold wanted rows.

        They were written until `until_s`, in seconds since 1970, or stand in another's name by now: any other may be of
        a commit that is not made yet.
        """
        named = {file_key(self.table, path) for path in self._partitions}
        others = sorted(key for key in self._there if key not in named and "/_delta_log/" not in key)
        ended = [key for key in others if self._there[key] <= until_s or renamed(key) in named]
        return [key for key in ended if any(self._wanted_rows(key, wanted, ()))]

    def _wanted_rows(self, key: str, wanted: Values, columns: Collection[str] | None) -> Iterator[pa.RecordBatch]:
        with self._lake.open_rows(key) as file:
            there = file.schema_arrow.names
            names = [name for name in there if columns is None or name in columns or name in wanted]
            for batch in file.iter_batches(_ROWS_AT_A_TIME, columns=names, use_threads=False):
                plain = with_plain_text(batch)
                found = plain.filter(is_wanted(plain, wanted))
                if found.num_rows:
                    yield found

    def _with_partition(self, batch: pa.RecordBatch, partition: dict[str, str]) -> pa.RecordBatch:
        for name, value in partition.items():
            of_type = TABLES[self.table].field(name).type
            typed = dt.date.fromisoformat(value) if pa.types.is_date(of_type) else value
            batch = batch.append_column(name, pa.array([typed] * batch.num_rows, of_type))
        return batch


def renamed(path: str) -> str:
    """Return the path, or key, of a file that is written again: beside the old one, by a name that follows from its."""
    old = PurePosixPath(path)
    return str(old.with_name(f"part-{hashlib.sha256(old.name.encode()).hexdigest()[:32]}.snappy.parquet"))


def is_wanted(batch: pa.RecordBatch, wanted: Values) -> pa.BooleanArray:
    """Return which rows are wanted."""
    named = [
        pc.is_in(batch[name], pa.array(values, pa.string()))
        for name, values in wanted.items()
        if name in batch.schema.names and values
    ]
    return reduce(pc.or_, named, pa.array([False] * batch.num_rows))
