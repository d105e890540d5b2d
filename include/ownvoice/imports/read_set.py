"""The rows of a set's files, each checked and read: by file and number, with a hash of the row as it stands there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ownvoice.errors import BadDataError
from ownvoice.imports.drops import Dropped
from ownvoice.imports.known_set import KnownSet, Row, RowError
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
                for row in read_rows(path, known.columns):
                    number += 1
                    said = _without_nan(row)
                    known.check(said)
                    yield SourceRow(file, number, record_sha256(row), known.read(said))
        except RowError as error:
            raise BadDataError(
                f"{known.name}: {file}, row {max(number, 1)}: {error}. Nothing was recorded. Where the set has "
                "changed, import the revision that its declaration is of, or correct include/ownvoice/imports/sets."
            ) from None


def _without_nan(row: Row) -> Row:
    """Return a row whose missing numbers are null: pandas writes them as NaN, which compares with nothing."""
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
