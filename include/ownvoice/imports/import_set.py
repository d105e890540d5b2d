"""Import a known set: every row is read, screened and decided about, and then all that is kept is recorded at once.

The rows of a set are read once and never all in memory: those that may be kept go to a file of this machine, beside a
hash of each in memory (some 200 bytes a row). Whatever ends an import before its commit leaves the table as it was.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.imports.decide import Claim, Decided, Recorded, claim_of, decide
from ownvoice.imports.drops import IMPORT_DROPS, Dropped
from ownvoice.imports.known_set import KnownSet
from ownvoice.imports.read_set import SourceRow, source_rows
from ownvoice.imports.report import DropExample, ImportReport, stored_report
from ownvoice.imports.screen import ImportScreen
from ownvoice.imports.sets import KNOWN_SETS
from ownvoice.imports.source import Source
from ownvoice.imports.table import read_imported, record_imported, row_id, withdraw_imported
from ownvoice.imports.turns import Compared
from ownvoice.storage.import_keys import IMPORTS, contradictions_key, import_report_key
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ImportedRow
from ownvoice.storage.tables import IMPORTED

_ROWS_AT_ONCE = 500
_EXAMPLES = 3
_CONTRADICTED = pa.schema([("key", pa.binary())])

Progress = Callable[[str, int], None]
"""Is told of a file and how many of its rows are read."""


@dataclass(frozen=True, slots=True)
class Run:
    """The run that imports, and when it began (UTC)."""

    run_id: str
    started_at: dt.datetime


@dataclass(slots=True)
class _Read:
    """What is kept in memory of the rows that may be kept, in their order, and the counts of the others."""

    claims: list[Claim] = field(default_factory=list)
    row_ids: list[str] = field(default_factory=list)
    file_rows: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[DropExample]] = field(default_factory=lambda: defaultdict(list))

    def drop(self, file: str, number: int, why: Dropped) -> None:
        name = why.reason.name
        self.dropped[name] += 1
        if len(self.examples[name]) < _EXAMPLES:
            self.examples[name].append(DropExample(file=file, row=number, detail=why.detail))


def import_set(
    lake: Lake, known: KnownSet, source: Source, screen: ImportScreen, run: Run, progress: Progress = lambda *_: None
) -> ImportReport:
    """Record what is kept of a set in `tables/imported`, and return and store the report. Repeated, it adds nothing.

    Raises `BadDataError` where a row is not as the set is declared, `StorageError` and the errors of the Hub; no row
    is recorded then.
    """
    import_id = f"{known.name}@{source.revision}"
    with tempfile.TemporaryFile() as spool:
        with _writer(spool) as write:
            read = _read(known, source, screen, progress, lambda one, said: write(_row(known, source, run, one, said)))
        decided = decide(read.claims, read.row_ids, known.votes, _recorded(lake), _contradicted(lake))
        withdrawn = _settle_contradictions(lake, import_id, decided)
        added = record_imported(lake, _kept(spool, decided, read))
    report = ImportReport(
        set=known.name,
        import_id=import_id,
        revision=source.revision,
        place=source.place,
        licence=known.licence,
        provenance_class=known.provenance,
        file_rows=read.file_rows,
        rows=read.file_rows.total(),
        kept=decided.fates.count(None),
        added=added,
        dropped={one.name: read.dropped[one.name] for one in IMPORT_DROPS if read.dropped[one.name]},
        examples=read.examples,
        withdrawn=withdrawn,
        run_id=run.run_id,
        started_at=run.started_at,
    )
    lake.write_json(import_report_key(import_id), report.model_dump(mode="json"))
    return report


def _read(
    known: KnownSet,
    source: Source,
    screen: ImportScreen,
    progress: Progress,
    keep: Callable[[SourceRow, Compared], None],
) -> _Read:
    read = _Read(file_rows=Counter(dict.fromkeys(source.files, 0)))
    for one in source_rows(known, source):
        read.file_rows[one.file] += 1
        progress(one.file, one.number)
        said = one.said
        if isinstance(said, Dropped):
            read.drop(one.file, one.number, said)
            continue
        name = row_id(known.name, said.prompt, said.chosen, said.rejected)
        if why := screen.why(said, name):
            read.drop(one.file, one.number, why)
            continue
        read.claims.append(claim_of(said.prompt, said.chosen, said.rejected))
        read.row_ids.append(name)
        keep(one, said)
    return read


def _row(known: KnownSet, source: Source, run: Run, one: SourceRow, said: Compared) -> ImportedRow:
    return {
        "row_id": row_id(known.name, said.prompt, said.chosen, said.rejected),
        "set": known.name,
        "revision": source.revision,
        "licence": known.licence,
        "import_id": f"{known.name}@{source.revision}",
        "source_file": one.file,
        "source_row": one.number,
        "source_sha256": one.sha256,
        "provenance_class": known.provenance,
        "prompt_messages": said.prompt,
        "chosen": said.chosen,
        "rejected": said.rejected,
        "author_id": None,
        "person": None,
        "score_margin": said.margin,
        "imported_by_run": run.run_id,
        "imported_at": run.started_at,
    }


@contextmanager
def _writer(spool: IO[bytes]) -> Iterator[Callable[[ImportedRow], None]]:
    """Yield a function that writes a row to the spool."""
    some: list[ImportedRow] = []
    with pq.ParquetWriter(spool, IMPORTED) as writer:

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist(some, schema=IMPORTED))
            some.clear()

        def write(row: ImportedRow) -> None:
            some.append(row)
            if len(some) == _ROWS_AT_ONCE:
                flush()

        yield write
        flush()


def _kept(spool: IO[bytes], decided: Decided, read: _Read) -> Iterator[ImportedRow]:
    """Yield the rows that are kept, and count the others."""
    spool.seek(0)
    fates = iter(decided.fates)
    for batch in pq.ParquetFile(spool).iter_batches(_ROWS_AT_ONCE, use_threads=False):
        for row in cast("list[ImportedRow]", batch.to_pylist()):
            if why := next(fates):
                read.drop(row["source_file"], row["source_row"], why)
            else:
                yield row


def _recorded(lake: Lake) -> dict[bytes, Sequence[Recorded]]:
    """Return the rows that the table holds, by their claim; a lone thumb claims nothing."""
    found: dict[bytes, list[Recorded]] = defaultdict(list)
    for row in read_imported(lake):
        if row["chosen"] is not None and row["rejected"] is not None:
            claim = claim_of(row["prompt_messages"], row["chosen"], row["rejected"])
            found[claim.key].append(Recorded(row["row_id"], row["set"], claim.prefers_first, row["set"] in KNOWN_SETS))
    return dict(found)


def _contradicted(lake: Lake) -> set[bytes]:
    keys = [one.key for one in lake.store.objects(IMPORTS) if one.key.endswith("/contradictions.parquet")]
    tables = filter(None, (lake.read_rows(key, _CONTRADICTED) for key in keys))
    return {key for table in tables for key in table["key"].to_pylist()}


def _settle_contradictions(lake: Lake, import_id: str, decided: Decided) -> dict[str, int]:
    """Withdraw recorded rows that are contradicted, and return how many of each set went, in this and earlier tries.

    The keys are stored first: whatever happens then, both rows stay out.
    """
    if decided.contradicted:
        keys: list[dict[str, Any]] = [{"key": key} for key in sorted(decided.contradicted)]
        lake.write_rows(contradictions_key(import_id), pa.Table.from_pylist(keys, schema=_CONTRADICTED))
    earlier = stored_report(lake, import_id)
    going = Counter(row["set"] for row in read_imported(lake, ids=decided.to_withdraw))
    withdraw_imported(lake, decided.to_withdraw)
    return dict(going + Counter(earlier.withdrawn if earlier else {}))
