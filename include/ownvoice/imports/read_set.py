"""The rows of a set's files, each checked and read: by file and number, with a hash of the row as it stands there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ownvoice.errors import BadDataError
from ownvoice.imports.drops import Dropped
from ownvoice.imports.known_set import TEXT, KnownSet, Row, RowError
from ownvoice.imports.read_rows import read_rows
from ownvoice.imports.record_hash import record_sha256
from ownvoice.imports.source import Source
from ownvoice.imports.turns import Compared


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a file, from 1, and what it says."""

    file: str
    number: int
    sha256: str
    said: Compared | Dropped


def source_rows(known: KnownSet, source: Source) -> Iterator[SourceRow]:
    """Yield every row of the files of a set.

    Raises `BadDataError`, which names set, file, row and what stands there, where one is not as the set is declared.
    """
    for file in source.files:
        number = 0
        try:
            with source.opened(file) as path:
                for row in read_rows(path, known.kinds):
                    number += 1
                    said = _plain(row, known.kinds)
                    known.check(said)
                    yield SourceRow(file, number, record_sha256(row), known.read(said))
        except RowError as error:
            raise BadDataError(
                f"{known.name}: {file}, row {max(number, 1)}: {error}. Nothing was recorded. Where the set has "
                "changed, import the revision that its declaration is of, or correct include/ownvoice/imports/sets."
            ) from None


def _plain(row: Row, kinds: Mapping[str, str]) -> Row:
    """Return a row whose missing numbers are null, and whose missing texts are empty.

    Pandas writes a missing value of either kind as NaN or as null, and reads an empty cell of CSV as missing.
    """
    missing = {name: "" if kinds.get(name) == TEXT else None for name, value in row.items() if _is_missing(value)}
    return {**row, **missing}


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
