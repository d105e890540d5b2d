"""Old versions without the rows of articles: their files written again, and their log to name these.

Delta has no way to change a version that was committed. Its log is JSON and its files are Parquet, so both are written
again under the lake's lease: a file without the rows under a name that follows from its old one, then the entries of
the log, the newest first. An entry that removes a file removes it under both names, so that at every moment each
version names each row once. Every version stays listed and readable; what it lacks is counted in `withdrawn/`
(docs/decisions/0057).
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ownvoice.articles.near_duplicates.sketch_index import SketchIndex
from ownvoice.articles.tombstones import cluster_marks
from ownvoice.pairs.grams.index import GramIndex
from ownvoice.storage.lake import Lake
from ownvoice.storage.lease import LEASE_S, held_by_process
from ownvoice.storage.plain_text import plain_schema, with_plain_text
from ownvoice.storage.table_log import Action, LogEntry, file_key, rewrite_log, without_values
from ownvoice.storage.takedown_keys import takedown_run_id
from ownvoice.takedown.found import Found
from ownvoice.takedown.rows import IMPORTED_TABLE, OF_ARTICLES
from ownvoice.takedown.sums import record_sums
from ownvoice.takedown.table_files import TableFiles, Values, is_wanted, renamed

_OF_A_VERSION = ("pairs", "articles", "chunks")
_WITHOUT_LEASE = ("judgements", IMPORTED_TABLE)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What was done to the objects of the tables: keys that were deleted, and keys with other bytes than before.

    A bucket that keeps versions of its objects still has the old bytes of both.
    """

    deleted: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _NewFile:
    path: str
    size: int
    rows: int


def rewrite_old_versions(lake: Lake, takedown_id: str, found: Found) -> Rewritten:
    """Take the rows that were found out of every version of every table, and all values of texts out of its log.

    The indexes of texts forget them too. What each version loses is written down before. Done again, or begun again
    after a kill, it comes to the same. Raises `LakeHeldError` where a refresh holds the lake, and `StorageError` where
    a table cannot be read.
    """
    deleted: list[str] = []
    overwritten: list[str] = []
    with held_by_process(lake, takedown_run_id(takedown_id)):
        gone: dict[str, Values] = {name: {"article_id": found.article_ids} for name in OF_ARTICLES}
        gone[IMPORTED_TABLE] = {"row_id": found.imported_ids}
        tables = {name: TableFiles(lake, name) for name in gone}
        record_sums(lake, takedown_id, {name: tables[name] for name in _OF_A_VERSION}, found.article_ids)
        marks = cluster_marks(lake, found.article_ids)
        for name, files in tables.items():
            wanted: Values = {**gone[name], "cluster_key": marks.keys()}
            held = sorted({path for path, _ in files.rows(wanted, ())})
            overwritten += _rewrite(lake, files.table, held, gone[name], marks)
            deleted += _delete(lake, [file_key(name, path) for path in held])
            deleted += _delete(lake, TableFiles(lake, name).left_over(wanted, _until_s(name)))
        SketchIndex(lake).forget(found.texts)
        GramIndex(lake).forget(found.texts)
    return Rewritten(tuple(deleted), tuple(overwritten))


def _rewrite(lake: Lake, table: str, held: list[str], gone: Values, marks: Mapping[str, str]) -> list[str]:
    """Write the files `held` of a table again, and its log; return the keys of changed entries."""
    new = {path: _write_without(lake, table, path, gone, marks) for path in held}
    return rewrite_log(lake, table, lambda entry: without_values(_renamed(entry, new), table))


def _until_s(table: str) -> float:
    """Return until when a file was written that no entry names and no commit under way will: see `left_over`.

    The lease keeps refreshes away from their tables; judges and imports commit without it, in minutes.
    """
    return time.time() - (LEASE_S if table in _WITHOUT_LEASE else 0)


def _write_without(lake: Lake, table: str, path: str, gone: Values, marks: Mapping[str, str]) -> _NewFile:
    """Write the other rows of a file; an empty file too, so that it can be told that this was done."""
    new_path = renamed(path)
    buffer = io.BytesIO()
    with lake.open_rows(file_key(table, path)) as file:
        rows = 0
        with pq.ParquetWriter(buffer, plain_schema(file.schema_arrow), compression="snappy") as writer:
            for batch in file.iter_batches(use_threads=False):
                kept = _without(with_plain_text(batch), gone, marks)
                writer.write_batch(kept)
                rows += kept.num_rows
    lake.store.write(file_key(table, new_path), buffer.getvalue())
    return _NewFile(new_path, buffer.tell(), rows)


def _without(batch: pa.RecordBatch, gone: Values, marks: Mapping[str, str]) -> pa.RecordBatch:
    """Leave out rows, and put a mark where an article that is gone is the key of a cluster that others stay in."""
    kept = batch.filter(pc.invert(is_wanted(batch, gone)))
    if "cluster_key" not in kept.schema.names:
        return kept
    at = kept.schema.get_field_index("cluster_key")
    keys = [marks.get(key, key) for key in kept["cluster_key"].to_pylist()]
    return kept.set_column(at, kept.schema.field(at), pa.array(keys, kept.schema.field(at).type))


def _renamed(entry: LogEntry, new: Mapping[str, _NewFile]) -> LogEntry:
    actions: list[Action] = []
    for action in entry.actions:
        if "add" in action and (file := new.get(action["add"]["path"])):
            stats = f'{{"numRecords":{file.rows}}}'
            actions.append({"add": action["add"] | {"path": file.path, "size": file.size, "stats": stats}})
            continue
        actions.append(action)
        if "remove" in action and (file := new.get(action["remove"]["path"])):
            removed = {"remove": action["remove"] | {"path": file.path, "size": file.size}}
            if removed not in entry.actions:
                actions.append(removed)
    return replace(entry, actions=tuple(actions))


def _delete(lake: Lake, keys: list[str]) -> list[str]:
    for key in keys:
        lake.store.delete(key)
    return keys
