"""The lake: JSON, Parquet files, article originals and the four Delta tables under one URI.

`storage/layout.py` names its keys.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.errors import StorageError
from ownvoice.storage.aws import AwsAccess, table_options
from ownvoice.storage.damage import readable, table_readable
from ownvoice.storage.layout import TABLES as TABLES_FOLDER
from ownvoice.storage.layout import log_entry_key, original_key, table_key
from ownvoice.storage.plain_text import with_plain_text
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.tables import PARTITIONS, TABLES, measured_columns

if TYPE_CHECKING:
    from deltalake import DeltaTable

T = TypeVar("T")

_ROWS_PER_GROUP = 1000  # of Parquet files that tasks hand to each other: what a reader holds at a time

# Every committed version stays readable: nothing expires by itself. Checkpoints are made by `dataset.log_entry`, which
# first checks that the commit is its own.
_CONFIGURATION = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 3650 days",
    "delta.deletedFileRetentionDuration": "interval 3650 days",
    "delta.checkpointInterval": "1000000000",
}


def statistics_of(table: str) -> dict[str, str]:
    """Return the property of a table that says of which columns its log keeps values."""
    return {"delta.dataSkippingStatsColumns": ",".join(measured_columns(table))}


class Lake:
    """Everything that Ownvoice stores. Methods raise `StorageError` for what cannot be opened, read or written."""

    def __init__(self, uri: str, access: AwsAccess | None = None) -> None:
        self.store = ObjectStore(uri, access, create_folder=True)
        self.uri = self.store.uri

    # Objects

    def read_json(self, key: str) -> Any:
        """Return the JSON value under `key`, or None where there is nothing. Raises `DamagedError` where it is none."""
        return self.read_record(key, lambda value: value)

    def read_record(self, key: str, make: Callable[[Any], T]) -> T | None:
        """Return what `make` makes of the JSON value under `key`, or None where there is nothing.

        Raises `DamagedError` where it is no JSON, or `make` does not take it.
        """
        data = self.store.read(key)
        if data is None:
            return None
        with readable(self.uri, key):
            return make(json.loads(data))

    def write_json(self, key: str, value: Any) -> None:
        """Put `value` under `key` as JSON."""
        self.store.write(key, json.dumps(value, ensure_ascii=False, indent=1).encode())

    def read_rows(self, key: str, schema: pa.Schema | None = None) -> pa.Table | None:
        """Return the rows of the Parquet file under `key`, or None where there is nothing.

        Raises `DamagedError` where it is no Parquet file, or lacks a column of `schema`.
        """
        data = self.store.read(key)
        if data is None:
            return None
        with readable(self.uri, key):
            rows = pq.read_table(io.BytesIO(data), page_checksum_verification=True, use_threads=False)
            return rows.select(schema.names) if schema else rows

    def write_rows(self, key: str, rows: pa.Table, rows_per_group: int = _ROWS_PER_GROUP) -> None:
        """Put `rows` under `key` as one Parquet file, which can be read a group of rows at a time."""
        buffer = io.BytesIO()
        pq.write_table(rows, buffer, row_group_size=rows_per_group, write_page_checksum=True)
        self.store.write(key, buffer.getvalue())

    @contextlib.contextmanager
    def open_rows(self, key: str) -> Iterator[pq.ParquetFile]:
        """Open the Parquet file under `key`, to be read in parts.

        Raises `StorageError` where there is nothing, and `DamagedError` where a part of it cannot be read.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "rows.parquet")
            self.store.download(key, path)
            with readable(self.uri, key), _opened(path, page_checksum_verification=True) as rows:
                # Damage is told here, not in a reader's work; in parts, or a whole file would be in memory.
                read = sum(part.num_rows for part in rows.iter_batches(_ROWS_PER_GROUP, use_threads=False))
                if read != rows.metadata.num_rows:  # the footer has no checksum
                    raise ValueError(f"{read} rows where its end says {rows.metadata.num_rows}")
            with _opened(path) as rows:
                yield rows

    @contextlib.contextmanager
    def rows_writer(self, key: str, schema: pa.Schema) -> Iterator[Callable[[Sequence[Mapping[str, Any]]], None]]:
        """Yield a function that writes rows part by part; the file is stored once the block ends without an error."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "rows.parquet")
            with pq.ParquetWriter(path, schema, write_page_checksum=True) as writer:
                yield lambda rows: writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            self.store.upload(key, path)

    def keep_original(self, article_sha256: str, content: str) -> None:
        """Keep an article's own content under its hash, once."""
        self.store.create(original_key(article_sha256), content.encode())

    def original(self, article_sha256: str) -> str:
        """Return an article's own content. Raises `StorageError` where the lake has lost it or it has changed."""
        data = self.store.read(original_key(article_sha256))
        if data is None or hashlib.sha256(data).hexdigest() != article_sha256:
            state = "is gone" if data is None else "is not what its name says"
            raise StorageError(
                f"{self.uri}/{original_key(article_sha256)} {state}. Put it back from a backup of the lake; "
                "no pair of that article can be proved without it."
            )
        return data.decode()

    # Tables

    def table(self, name: str, version: int | None = None) -> DeltaTable | None:
        """Open a table at its newest version (or at `version`); None where it was never created.

        Raises `StorageError` where its columns are those of another release of Ownvoice, or it has no such version.
        """
        table = self.table_of_any_release(name, version)
        if table is not None:
            _check_columns(f"{self.uri}/{table_key(name)}", pa.schema(table.schema().to_arrow()), TABLES[name])
        return table

    def table_as_committed(self, name: str, version: int) -> DeltaTable | None:
        """Open an old version as it was committed: one from before a migration lacks the columns that came later.

        Raises `StorageError` where the lake itself is yet to be migrated.
        """
        return None if self.table(name) is None else self.table_of_any_release(name, version)

    def table_of_any_release(self, name: str, version: int | None = None) -> DeltaTable | None:
        """Open a table as `table` does, whatever its columns are."""
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        wanted = table_key(name) + ("" if version is None else f" at version {version}")
        with table_readable(self.uri, wanted), contextlib.suppress(TableNotFoundError):
            return DeltaTable(self._table_uri(name), version=version, storage_options=self._table_options())
        return None

    def table_for_writing(self, name: str) -> DeltaTable:
        """Open a table, and create it first where it does not exist."""
        from deltalake import DeltaTable
        from deltalake.exceptions import CommitFailedError

        if found := self.table(name):
            return found
        # Suppressed where another writer creates the same table at the same time.
        with table_readable(self.uri, table_key(name)), contextlib.suppress(CommitFailedError):
            DeltaTable.create(
                self._table_uri(name),
                schema=TABLES[name],
                mode="ignore",
                partition_by=PARTITIONS[name],
                configuration={**_CONFIGURATION, **statistics_of(name)},
                storage_options=self._table_options(),
            )
        made = self.table(name)
        assert made is not None, "it was created here or by another writer"
        return made

    def log_entry(self, name: str, version: int) -> bytes | None:
        """Return the entry of `version` in a table's log, or None where that version was never committed."""
        return self.store.read(log_entry_key(name, version))

    def _table_uri(self, name: str) -> str:
        uri = f"{self.uri}/{table_key(name)}"
        return uri if uri.startswith("s3://") else str(Path(unquote(urlsplit(uri).path)))

    def _table_options(self) -> dict[str, str]:
        return table_options(self.store.access) if self.uri.startswith("s3://") else {}


def _opened(path: Path, **options: bool) -> pq.ParquetFile:
    return pq.ParquetFile(path, pre_buffer=False, **options)  # else it keeps all that was read of it until it is closed


def scan(
    table: DeltaTable | None, columns: str = "*", where: str = "true", *, files_at_once: int | None = None
) -> Iterator[pa.RecordBatch]:
    """Stream the rows of `table` that meet the SQL condition `where`; no table, no rows.

    Each file that is read at the same time costs memory for its largest row group. `files_at_once` limits them; without
    it, there is one for each core. This reads through deltalake's own query engine, which uses the table's credentials
    on every store and, unlike `DeltaTable.to_pyarrow_table`, does not abort the interpreter at exit (deltalake 1.6.6).
    """
    if table is None:
        return
    from deltalake import QueryBuilder

    config = {"datafusion.execution.target_partitions": str(files_at_once)} if files_at_once else None
    with table_readable(*_place(table)):
        for batch in QueryBuilder(config).register("t", table).execute(f"SELECT {columns} FROM t WHERE {where}"):  # noqa: S608
            yield with_plain_text(pa.record_batch(batch))


def files_of(table: DeltaTable) -> pa.Table:
    """Return a row for each file of a table: `num_records`, `size_bytes`, and `partition.NAME`, as its log says."""
    with table_readable(*_place(table)):
        return pa.table(table.get_add_actions(flatten=True))


def _place(table: DeltaTable) -> tuple[str, str]:
    """Return the lake and the key of a table."""
    uri, _, name = table.table_uri.rstrip("/").rpartition(f"/{TABLES_FOLDER}/")
    return uri, table_key(name)


def _check_columns(table: str, found: pa.Schema, expected: pa.Schema) -> None:
    missing = sorted(set(expected.names) - set(found.names))
    foreign = sorted(set(found.names) - set(expected.names))
    if foreign:
        raise StorageError(
            f"{table} was not written by this release of Ownvoice or an older one "
            f"(missing columns: {', '.join(missing) or 'none'}; unknown columns: {', '.join(foreign)}). "
            "Use the release that wrote it, or another lake; nothing was changed."
        )
    if missing:
        raise StorageError(
            f"{table} was written by an older release of Ownvoice (missing columns: {', '.join(missing)}). "
            "`ownvoice migrate --dry-run` shows what a migration does, and `ownvoice migrate` does it; a version from "
            "before a migration can be read with the release that wrote it. Nothing was changed."
        )
