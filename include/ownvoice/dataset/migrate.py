"""Bring a lake that an older release wrote to today's columns: one commit a table, nothing asked, no pair changed.

Columns were only ever added. Each that a table lacks is named in `ADDED` with what it held before it was written down,
so that every reader finds the types it expects. A test records the columns of today: adding one without an entry here
is red.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.dataset.digest import digest_of, empty_lattice, lattice_of, to_text
from ownvoice.dataset.log_entry import own_entry
from ownvoice.errors import StorageError
from ownvoice.states import ProvenanceClass
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.lease import held_by_process
from ownvoice.storage.side_tables import SideTables
from ownvoice.storage.table_log import entries_with_values, rewrite_log, without_values
from ownvoice.storage.tables import TABLES
from ownvoice.storage.versions import RECORD, DatasetVersion, newest_version

if TYPE_CHECKING:
    from deltalake import DeltaTable

Value = Callable[[Mapping[str, Any]], Any]

_RUN_ID = "migrate"


def _constant(value: Any) -> Value:
    return lambda row: value


def _spend(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    paid = {name: row.get(name) or 0 for name in ("prompt_tokens", "completion_tokens")}
    return [{"model": "", **paid, "reserved_tokens": 0, "wasted_tokens": 0, "cost_usd": row.get("cost_usd")}]


_NULL, _NONE, _ZERO, _EMPTY = _constant(None), _constant([]), _constant(0), _constant("")

ADDED: dict[str, dict[str, Value]] = {
    "pairs": {
        # One model wrote a whole triple, in one answer and of one kind.
        "prompt_model": lambda row: row["rejected_model"],
        "rejected_request_key": lambda row: row["request_key"],
        "prompt_request_key": _NULL,
        "augment_kind": _NULL,
        "augmented_from": _NULL,
        "rejected_draw": _NULL,
        "rejected_draws": _NULL,
        "rejected_cut": _NULL,
        "rejected_source": _NULL,
        "review_id": _NULL,
        "instruction_kind": _NULL,
        "back_reference": _NULL,
        "selected": _NULL,
        "selected_reason": _NULL,
        "provenance_class": _constant(str(ProvenanceClass.VERBATIM)),
    },
    "articles": {"licence": _EMPTY, "consent": _EMPTY, "published_at": _EMPTY},
    "chunks": {
        "recipe_id": _EMPTY,
        "model": _EMPTY,
        "prompt_version": _EMPTY,
        "task_id": _NULL,
        "map_index": _NULL,
        "try_number": _NULL,
        "requests": lambda row: row["attempts"],
        "retries": _ZERO,
        "tries": _NONE,
        "endpoint_words": _EMPTY,
        "reserved_tokens": _ZERO,
        "wasted_tokens": _ZERO,
        "cost_usd": _NULL,
        "spend": _spend,
    },
    "runs": {"retries": _NULL, "cost_usd": _NULL, "duration_s": _NULL},
    "judgements": {},
    "imported": {},
}
"""The columns that releases have added, by table, each with its value for a row of before."""

_OF_NO_VERSION = {"runs", "judgements", "imported"}  # tables that no dataset version names


@dataclass(frozen=True, slots=True)
class TableMigration:
    """One table and the columns it lacks, in the order of its schema.

    `log_entries` counts the entries of its log that hold beginnings of texts and ids, as those of older releases do.
    """

    table: str
    missing: tuple[str, ...]
    rows: int
    log_entries: int = 0


def plan_migration(lake: Lake) -> list[TableMigration]:
    """Return what is to be done, one entry for each table that is not as this release makes it.

    Raises `StorageError` where a table has columns that this release does not know.
    """
    tables = {name: table for name in TABLES if (table := lake.table_of_any_release(name)) is not None}
    missing = {name: _missing_columns(lake, name, table) for name, table in tables.items()}
    planned = [
        TableMigration(name, missing[name], _count(table), entries_with_values(lake, name))
        for name, table in tables.items()
    ]
    return [one for one in planned if one.missing or one.log_entries]


def migrate(lake: Lake) -> list[TableMigration]:
    """Carry out the plan and return it. Repeated, or begun again after a kill, it comes to the same.

    `pairs` comes last: its commit names the migrated side tables and the digest over the rows with their new columns.
    Then the logs lose the values of texts, in the entries of every version.
    """
    with held_by_process(lake, _RUN_ID):
        plan = plan_migration(lake)
        lacking = {one.table for one in plan if one.missing}
        for name in sorted(lacking & _OF_NO_VERSION):
            _rewrite(lake, name, None, {})
        pairs = lake.table_of_any_release("pairs")
        base = newest_version(lake, pairs) if pairs is not None else None
        if base and lacking - _OF_NO_VERSION:
            _rewrite(lake, "articles", base.articles_version, {})
            _rewrite(lake, "chunks", base.chunks_version, {})
            _rewrite(lake, "pairs", base.number, {RECORD: _record(lake, base)})
        for one in plan:
            rewrite_log(lake, one.table, partial(without_values, table=one.table))
        return plan


def _missing_columns(lake: Lake, name: str, table: DeltaTable) -> tuple[str, ...]:
    found = set(pa.schema(table.schema().to_arrow()).names)
    missing = tuple(column for column in TABLES[name].names if column not in found)
    strange = (found - set(TABLES[name].names)) | (set(missing) - set(ADDED[name]))
    if strange:
        raise StorageError(
            f"{lake.uri}: the columns of table {name} are those of no release that this one can migrate "
            f"({', '.join(sorted(strange))}). Use the release that wrote the lake, or a newer one; nothing was changed."
        )
    return missing


def _count(table: DeltaTable) -> int:
    return sum(int(batch[0][0].as_py()) for batch in scan(table, "count(*)"))


def _migrated(name: str, table: DeltaTable) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table with all columns of today."""
    schema = TABLES[name]
    for batch in scan(table):
        rows = [
            row | {column: value(row) for column, value in ADDED[name].items() if column not in row}
            for row in batch.to_pylist()
        ]
        yield pa.RecordBatch.from_pylist(rows, schema=schema)


def _rewrite(lake: Lake, name: str, version: int | None, metadata: Mapping[str, str]) -> None:
    """Write the rows that a table holds at `version` in the place of all that it holds, in one commit."""
    from deltalake import write_deltalake

    read, written = lake.table_of_any_release(name, version), lake.table_of_any_release(name)
    assert read is not None and written is not None, "it was planned because it is there"
    with tempfile.TemporaryFile() as spool:  # deltalake 1.6.6 cannot read a table while it writes one
        with pq.ParquetWriter(spool, TABLES[name]) as writer:
            for batch in _migrated(name, read):
                writer.write_batch(batch)
        rows = pa.RecordBatchReader.from_batches(TABLES[name], pq.ParquetFile(spool).iter_batches(use_threads=False))
        with own_entry(lake, name, written, metadata) as properties:
            write_deltalake(written, rows, mode="overwrite", schema_mode="overwrite", commit_properties=properties)


def _record(lake: Lake, base: DatasetVersion) -> str:
    """Return what the migrated commit of `pairs` says of itself: the same pairs, under the digest of all columns."""
    pairs = lake.table_of_any_release("pairs", base.number)
    assert pairs is not None, "it is the version that was read"
    lattice = empty_lattice()
    for batch in _migrated("pairs", pairs):
        lattice = lattice + lattice_of(batch.to_pylist())
    articles, chunks = lake.table("articles"), lake.table("chunks")
    assert articles is not None and chunks is not None, "they were migrated just now"
    counted = SideTables.at(lake, articles.version(), chunks.version())
    return replace(
        base,
        added=0,
        retired=0,
        digest=digest_of(lattice),
        lattice=to_text(lattice),
        articles_version=counted.articles_version,
        chunks_version=counted.chunks_version,
        articles_rows=counted.articles_rows,
        chunks_rows=counted.chunks_rows,
    ).as_record()
