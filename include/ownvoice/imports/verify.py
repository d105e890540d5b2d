"""The proof of imported rows: each row's own hash, and the rows of the source that they were made from.

A row's id is a hash of its words, so that a changed word shows without the source. With the source at hand, the rows of
its files are hashed again and compared with what was recorded of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ownvoice.errors import SettingsError
from ownvoice.imports.known_set import KnownSet
from ownvoice.imports.read_rows import read_rows
from ownvoice.imports.record_hash import record_sha256
from ownvoice.imports.source import Source, open_source
from ownvoice.imports.table import read_imported, row_id
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ImportedRow

_Recorded = dict[tuple[str, int], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ImportProof:
    """What was found of a set's rows. `compared` of them were held against `sources`; the others by their own hash.

    `not_compared` says why, by import; it is empty where all were compared or the set has no source outside.
    """

    set: str
    rows: int
    compared: int = 0
    sources: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    not_compared: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether nothing was found that is not as it was recorded."""
        return not self.faults


def verify_imported(lake: Lake, name: str, known: KnownSet | None, path: str | None) -> ImportProof:
    """Prove the rows of a set: against the files below `path`, or else against the Hub at the commits that they name.

    `known` is None for rows that come from no set. Raises `SettingsError` where `path` holds another revision than any
    that was imported, `BadDataError` for files that cannot be read, and the errors of the Hub.
    """
    faults: list[str] = []
    by_import: dict[str, _Recorded] = {}
    rows = 0
    for row in read_imported(lake, sets=[name]):
        rows += 1
        faults += _own_faults(row)
        recorded = by_import.setdefault(row["revision"], {})
        recorded[row["source_file"], row["source_row"]] = row["source_sha256"], row["row_id"]
    proof = ImportProof(name, rows, faults=faults)
    if known is None:
        return proof
    return _against_sources(lake, known, path, by_import, proof)


def _own_faults(row: ImportedRow) -> Iterator[str]:
    if row["row_id"] != row_id(row["set"], row["prompt_messages"], row["chosen"], row["rejected"]):
        yield f"row {row['row_id']}: its words are not those that its id was made of"
    if row["import_id"] != f"{row['set']}@{row['revision']}":
        yield f"row {row['row_id']}: its import is {row['import_id']}, and its revision {row['revision']}"


def _against_sources(
    lake: Lake, known: KnownSet, path: str | None, by_import: dict[str, _Recorded], proof: ImportProof
) -> ImportProof:
    given = open_source(lake, known, path, None) if path else None
    if given and given.revision not in by_import:
        raise SettingsError(
            f"{given.place} holds other files of {known.name} than were imported. "
            f"Name those of {', '.join(by_import) or 'an import: there was none'}."
        )
    compared, sources = 0, []
    for revision, recorded in by_import.items():
        source = given if given and given.revision == revision else None
        if source is None and revision.startswith("sha256-"):
            proof.not_compared[f"{known.name}@{revision}"] = "it was made from files: name them with --path"
            continue
        source = source or open_source(lake, known, None, revision)
        proof.faults.extend(_source_faults(known, source, recorded))
        compared += len(recorded)
        sources.append(source.place)
    return ImportProof(known.name, proof.rows, compared, sources, proof.faults, proof.not_compared)


def _source_faults(known: KnownSet, source: Source, recorded: _Recorded) -> Iterator[str]:
    left = dict(recorded)
    for file, number, sha256 in _hashes(known, source, {file for file, _ in recorded}):
        expected, name = left.pop((file, number), (sha256, ""))
        if expected != sha256:
            yield f"row {name}: row {number} of {file} is not the one that it was made from"
    for (file, number), (_, name) in left.items():
        yield f"row {name}: {source.place} has no row {number} of {file}"


def _hashes(known: KnownSet, source: Source, files: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    there = set(source.files)
    for file in sorted(there.intersection(files)):
        with source.opened(file) as opened:
            for number, row in enumerate(read_rows(opened, known.kinds), 1):
                yield file, number, record_sha256(row)
