"""What a takedown takes out of each committed version: counted, and its pairs added up, before they are gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from ownvoice.dataset.digest import Lattice, empty_lattice, lattice_of, to_text
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion, all_versions
from ownvoice.storage.withdrawn import WithdrawnRows, read_withdrawn, record_withdrawn
from ownvoice.takedown.rows import table_version
from ownvoice.takedown.table_files import TableFiles


def record_sums(lake: Lake, takedown_id: str, tables: Mapping[str, TableFiles], article_ids: Collection[str]) -> None:
    """Write down what every version holds of these articles, once: later, some of it may be gone already."""
    if read_withdrawn(lake, takedown_id) is not None:
        return
    lattices: defaultdict[str, Lattice] = defaultdict(empty_lattice)
    counts = {name: Counter[str]() for name in tables}
    for name, files in tables.items():
        for path, batch in files.rows({"article_id": article_ids}, None if name == "pairs" else ("article_id",)):
            counts[name][path] += batch.num_rows
            if name == "pairs":
                lattices[path] = lattices[path] + lattice_of(batch.to_pylist())
    sums: dict[str, int] = {}
    versions: dict[int, WithdrawnRows] = {}
    for version in all_versions(lake):
        rows = {name: _count(files, version, name, counts[name]) for name, files in tables.items()}
        if any(rows.values()):
            text = to_text(sum((lattices[path] for path in tables["pairs"].named_by(version.number)), empty_lattice()))
            at = sums.setdefault(text, len(sums)) if rows["pairs"] else None
            versions[version.number] = WithdrawnRows(**rows, sum=at)
    record_withdrawn(lake, takedown_id, versions, tuple(sums))


def _count(files: TableFiles, version: DatasetVersion, name: str, counts: Mapping[str, int]) -> int:
    number = table_version(version, name)
    assert number is not None, "a dataset version names each of these tables"
    return sum(counts.get(path, 0) for path in files.named_by(number))
