"""`tables/imported`: every preference that does not come from an article of this lake, each once.

Imports of known sets, feedback and identity rows are written here and nowhere else; a row stays as the first of them
wrote it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import IO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.articles.tombstones import Tombstones, tombstones
from ownvoice.dataset.log_entry import in_turn, own_entry
from ownvoice.storage.conditions import one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import ImportedRow, Message
from ownvoice.storage.tables import IMPORTED

TABLE = "imported"

_ROWS_AT_ONCE = 1000
_ROWS_A_GROUP = 10_000
_IDS_A_CONDITION = 5000


def row_id(set_name: str, prompt: Sequence[Message], chosen: str | None, rejected: str | None) -> str:
    """Return the id of a row: the same for the same words of the same set, whatever file or revision they stand in."""
    turns = [[turn["role"], turn["content"]] for turn in prompt]
    said = json.dumps([set_name, turns, chosen, rejected], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()


def record_imported(lake: Lake, rows: Iterable[ImportedRow]) -> int:
    """Add the rows that the table does not hold yet, and no takedown took, in one commit; return how many they were.

    All of them are in the table afterwards or, where this raises, none is. `rows` are read once and never all held in
    memory. Two writers may come at the same time: one of them reads what the other has committed, and adds what is
    still missing. Raises `LostCommitError` where others committed first twelve times in a row.
    """
    with tempfile.TemporaryFile() as spool:
        with pq.ParquetWriter(spool, IMPORTED) as writer:
            source = iter(rows)
            while some := list(islice(source, _ROWS_AT_ONCE)):
                writer.write_table(pa.Table.from_pylist(some, schema=IMPORTED))
        return in_turn(partial(_append, lake, spool))


def read_imported(
    lake: Lake,
    *,
    sets: Collection[str] | None = None,
    ids: Collection[str] | None = None,
    version: int | None = None,
) -> Iterator[ImportedRow]:
    """Stream the rows of `sets` and with `ids`, or all, of the newest version of the table or of `version`."""
    for where in _conditions("set", sets):
        for also in _conditions("row_id", ids):
            for batch in scan(lake.table(TABLE, version), where=f"{where} AND {also}"):
                yield from cast("list[ImportedRow]", batch.to_pylist())


def rows_by_set(lake: Lake) -> dict[str, int]:
    """Return how many rows the table holds of each set."""
    found = Counter(name for batch in scan(lake.table(TABLE), '"set"') for name in batch["set"].to_pylist())
    return dict(sorted(found.items()))


def withdraw_imported(lake: Lake, row_ids: Collection[str]) -> int:
    """Take rows out of the newest version of the table, and return how many; those that it does not hold are no fault.

    Older versions of the table, and their files, stay: a takedown rewrites or deletes them.
    """
    return sum(in_turn(partial(_delete, lake, where)) for where in _conditions("row_id", row_ids))


def _append(lake: Lake, spool: IO[bytes]) -> int:
    from deltalake import WriterProperties, write_deltalake

    table = lake.table_for_writing(TABLE)
    known = {one for batch in scan(table, "row_id") for one in batch["row_id"].to_pylist()}
    stones = tombstones(lake)
    spool.seek(0)
    with tempfile.TemporaryFile() as missing:
        count = _write_missing(spool, missing, known, stones)
        if count:
            batches = pq.ParquetFile(missing).iter_batches(_ROWS_AT_ONCE, use_threads=False)
            with own_entry(lake, TABLE, table) as properties:
                reader = pa.RecordBatchReader.from_batches(IMPORTED, batches)
                parts = WriterProperties(max_row_group_size=_ROWS_A_GROUP)  # else a million rows are held
                write_deltalake(table, reader, mode="append", commit_properties=properties, writer_properties=parts)
    return count


def _write_missing(spool: IO[bytes], missing: IO[bytes], known: set[str], stones: Tombstones) -> int:
    """Write the rows of `spool` that are not `known` to `missing`, each once; return their number. Adds to `known`.

    A row that was taken down does not come back with the file that it stands in.
    """
    count = 0
    with pq.ParquetWriter(missing, IMPORTED) as writer:
        for batch in pq.ParquetFile(spool).iter_batches(_ROWS_AT_ONCE, use_threads=False):
            is_new = [not stones.refuses(row_id=one) and _is_added(one, known) for one in batch["row_id"].to_pylist()]
            writer.write_batch(batch.filter(pa.array(is_new, pa.bool_())))
            count += sum(is_new)
    return count


def _is_added(one: str, known: set[str]) -> bool:
    before = len(known)
    known.add(one)
    return len(known) > before


def _delete(lake: Lake, where: str) -> int:
    table = lake.table(TABLE)
    found = sum(len(batch["row_id"]) for batch in scan(table, "row_id", where))
    if table is None or not found:
        return 0
    with own_entry(lake, TABLE, table) as properties:
        table.delete(where, commit_properties=properties)
    return int(found)


def _conditions(column: str, values: Collection[str] | None) -> Iterator[str]:
    """Yield SQL conditions that together meet the rows whose `column` is one of `values`; all rows where it is None."""
    if values is None:
        yield "true"
        return
    wanted = sorted(set(values))
    for first in range(0, len(wanted), _IDS_A_CONDITION):
        yield one_of(f'"{column}"', wanted[first : first + _IDS_A_CONDITION])
