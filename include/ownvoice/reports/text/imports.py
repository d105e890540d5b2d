"""Imports of known sets, and the proof of their rows, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ownvoice.imports.drops import IMPORT_DROPS
from ownvoice.imports.known_set import KnownSet
from ownvoice.imports.report import ImportReport
from ownvoice.imports.verify import ImportProof
from ownvoice.terminal import in_one_line, wrapped

_DROPS = {one.name: one for one in IMPORT_DROPS}


def import_lines(report: ImportReport) -> Iterator[str]:
    """Yield what an import came to: what was pinned, and what became of every row."""
    yield from wrapped(f"{report.set}: {report.rows:,} rows of {report.place}")
    yield from wrapped(f"  revision {report.revision}, licence {report.licence}", indent=4)
    for file, rows in report.file_rows.items():
        yield from wrapped(f"  {file}: {rows:,} rows", indent=4)
    yield from wrapped(f"  kept {report.kept:,}, of which {report.added:,} were not there before", indent=4)
    for name, count in report.dropped.items():
        yield from wrapped(f"  {count:>9,}  {name}: {_DROPS[name].meaning}", indent=13)
        for one in report.examples.get(name, ()):
            detail = f": {one.detail}" if one.detail else ""
            yield from wrapped(f"{'':13}as {one.file}, row {one.row}{detail}", indent=15)
    for name, count in report.withdrawn.items():
        yield from wrapped(f"  {count:,} rows of {name} were withdrawn: this set says the opposite of them", indent=4)


def set_lines(sets: Iterable[KnownSet], reports: Iterable[ImportReport], rows: Mapping[str, int]) -> Iterator[str]:
    """Yield every known set with what was imported of it; `rows` are those that the table holds now, by set."""
    imports: dict[str, list[ImportReport]] = {}
    for report in reports:
        imports.setdefault(report.set, []).append(report)
    names = set()
    for one in sets:
        names.add(one.name)
        yield from wrapped(f"{one.name:24} {rows.get(one.name, 0):>9,} rows  {one.repo} ({one.licence})", indent=26)
        for report in imports.get(one.name, ()):
            dropped = report.rows - report.kept
            yield from wrapped(f"  {report.revision[:19]}  {report.kept:,} kept, {dropped:,} dropped", indent=4)
    for name, count in rows.items():
        if name not in names:
            yield f"{in_one_line(name):24} {count:>9,} rows"


def proof_lines(proof: ImportProof) -> Iterator[str]:
    """Yield what the proof of a set's imported rows found."""
    if proof.passed:
        yield from wrapped(f"{proof.set}: the words of all {proof.rows:,} imported rows are those of their ids")
    else:
        yield f"{proof.set}: its imported rows are NOT what they were:"
    for fault in proof.faults:
        yield from wrapped(f"  {fault}", indent=4)
    if proof.compared:
        sources = ", ".join(proof.sources)
        yield from wrapped(f"  {proof.compared:,} were held against the rows of {sources}", indent=4)
    for import_id, why in proof.not_compared.items():
        yield from wrapped(f"  {import_id} was not held against its source: {why}", indent=4)
