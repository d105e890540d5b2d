"""Every file that any version of a table names, with the rows of articles that it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import table_key
from ownvoice.storage.table_log import file_key, files_by_version, log_entries, partitions_of_files
from ownvoice.storage.tables import TABLES

_ROWS_AT_A_TIME = 10_000

Values = dict[str, Collection[str]]
"""Values by column: a row is wanted where any of its columns has one of them."""


class TableFiles:
    """The files of one table, of old versions too, that are still there; one that retention removed holds nothing."""

    def __init__(self, lake: Lake, table: str) -> None:
        self._lake, self.table = lake, table
        self.entries = log_entries(lake, table)
        there = {one.key for one in lake.store.objects(table_key(table))} if self.entries else set[str]()
        partitions = partitions_of_files(self.entries)
        self._live = files_by_version(self.entries)
        self._partitions = {path: of for path, of in partitions.items() if file_key(table, path) in there}

    @property
    def paths(self) -> list[str]:
        """The paths of the files as the log spells them, sorted."""
        return sorted(self._partitions)

    def named_by(self, version: int) -> frozenset[str]:
        """Return the paths of the files that a version of the table names."""
        return self._live.get(version, frozenset())

    def rows(self, wanted: Values, columns: Collection[str] | None = None) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield the path and the wanted rows of each file, part by part, with `columns` where the file has them."""
        for path in self.paths:
            for batch in self._wanted_rows(path, wanted, columns):
                if batch.num_rows:
                    yield path, batch

    def _wanted_rows(self, path: str, wanted: Values, columns: Collection[str] | None) -> Iterator[pa.RecordBatch]:
        with self._lake.open_rows(file_key(self.table, path)) as file:
            there = file.schema_arrow.names
            names = [name for name in there if columns is None or name in columns or name in wanted]
            for batch in file.iter_batches(_ROWS_AT_A_TIME, columns=names, use_threads=False):
                found = batch.filter(is_wanted(batch, wanted))
                yield self._with_partition(path, found) if columns is None else found

    def _with_partition(self, path: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        for name, value in self._partitions[path].items():
            typed = dt.date.fromisoformat(value) if pa.types.is_date(TABLES[self.table].field(name).type) else value
            batch = batch.append_column(name, pa.array([typed] * batch.num_rows, TABLES[self.table].field(name).type))
        return batch


def is_wanted(batch: pa.RecordBatch, wanted: Values) -> pa.BooleanArray:
    """Return which rows are wanted."""
    named = [
        pc.is_in(batch[name].cast(pa.string()), pa.array(values, pa.string()))
        for name, values in wanted.items()
        if name in batch.schema.names and values
    ]
    return reduce(pc.or_, named, pa.array([False] * batch.num_rows))
