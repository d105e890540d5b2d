"""Decontamination: pairs that hold a row of an evaluation set would make a model look better than it is.

A row is hit by thirteen of its words in a row, in one Unicode form, without case and punctuation; a row of eight to
twelve words by all of them; shorter ones say too little (GPT-3, Brown et al., 2020, appendix C: 13-grams, and never
fewer than 8 words). Scripts without spaces count letters. Rows are read from JSON Lines, Parquet and plain text.

evaluation/<key>.parquet   the word runs of all rows, as 64-bit keys; made once for the same files
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ownvoice.articles.near_duplicates.shingles import words
from ownvoice.errors import SettingsError, first_line
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import evaluation_key
from ownvoice.storage.listed import StoredObject
from ownvoice.storage.stores import ObjectStore

MIN_WORDS, MAX_WORDS = 8, 13
_GRAMS = pa.schema([("words", pa.uint8()), ("gram", pa.uint64()), ("file", pa.string()), ("row", pa.int64())])
_SUFFIXES = (".jsonl", ".ndjson", ".parquet", ".txt")


@dataclass(frozen=True, slots=True)
class EvaluationGrams:
    """The word runs of the rows of evaluation sets: `grams` is sorted, by the number of words, with a row for each."""

    grams: dict[int, npt.NDArray[np.uint64]]
    rows: dict[int, pa.Table]

    @classmethod
    def of(cls, table: pa.Table) -> EvaluationGrams:
        """Sort rows of `_GRAMS`."""
        table = table.sort_by([("gram", "ascending")])
        rows = {count: table.filter(pc.equal(table["words"], count)) for count in pc.unique(table["words"]).to_pylist()}
        return cls({count: some["gram"].to_numpy() for count, some in rows.items()}, rows)

    def row_in(self, text: str) -> str | None:
        """Name the row that `text` holds, as `file, row N` (counted from 1); None where it holds none."""
        found = words(text) if self.grams else []
        for count, known in self.grams.items():
            for gram in _grams(found, count):
                place = int(np.searchsorted(known, np.uint64(gram)))
                if place < len(known) and known[place] == gram:
                    (row,) = self.rows[count].slice(place, 1).to_pylist()
                    return f"{row['file']}, row {row['row']}"
        return None


def read_evaluation_sets(lake: Lake, uris: Sequence[str]) -> EvaluationGrams:
    """Return the word runs of all rows below `uris`, files or folders, read with the lake's credentials.

    Raises `SettingsError` where there is nothing to read, or a file is not what its name says: a set that is left out
    in silence would be worse than none.
    """
    files = [(store, found) for uri in uris for store, found in _files(lake, uri)]
    seal = "\n".join(sorted(f"{store.uri}/{found.key} {found.tag}" for store, found in files))
    key = evaluation_key(hashlib.sha256(seal.encode()).hexdigest()[:32])
    table = lake.read_rows(key, _GRAMS) if files else _GRAMS.empty_table()
    if table is None:
        table = grams_of(row for store, found in files for row in _rows_of(store, found))
        lake.write_rows(key, table)
    return EvaluationGrams.of(table)


def grams_of(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Return what `gram_rows` yields as a table for `EvaluationGrams.of`."""
    return pa.Table.from_pylist(list(rows), schema=_GRAMS)


def gram_rows(text: str, file: str, row: int) -> Iterator[dict[str, Any]]:
    """Yield each word run of a text once, with the names that `row_in` gives for it."""
    spoken = words(text)
    count = min(MAX_WORDS, len(spoken))
    if count >= MIN_WORDS:
        yield from (
            {"words": count, "gram": gram, "file": file, "row": row} for gram in sorted(set(_grams(spoken, count)))
        )


def _files(lake: Lake, uri: str) -> list[tuple[ObjectStore, StoredObject]]:
    folder, _, name = uri.rstrip("/").rpartition("/")
    if not name.endswith(_SUFFIXES):
        folder, name = uri, ""
    store = ObjectStore(folder, lake.store.access)
    listed = store.objects() if not name else filter(None, [store.stat(name)])
    found = sorted((one for one in listed if one.key.endswith(_SUFFIXES)), key=lambda one: one.key)
    if not found:
        raise SettingsError(
            f"OWNVOICE_EVALUATION_SETS names {uri}, where no {', '.join(_SUFFIXES)} stands. Correct it and run again."
        )
    return [(store, one) for one in found]


def _rows_of(store: ObjectStore, found: StoredObject) -> Iterator[dict[str, Any]]:
    """Yield rows of `_GRAMS`, each word run of a row of the file once."""
    file = f"{store.uri}/{found.key}"
    try:
        for number, row in enumerate(_read(found.key, store.read(found.key) or b""), 1):
            for text in _texts(row):
                yield from gram_rows(text, file, number)
    except (ValueError, pa.ArrowException) as error:
        raise SettingsError(
            f"OWNVOICE_EVALUATION_SETS: {file} cannot be read as its name says ({first_line(error)}). "
            "Correct the file or take it out; no pair was judged without it."
        ) from None


def _read(key: str, data: bytes) -> Iterator[Any]:
    if key.endswith(".parquet"):
        yield from pq.read_table(io.BytesIO(data), use_threads=False).to_pylist()
        return
    lines = data.decode().split("\n")  # not splitlines(): a text may hold other line separators
    yield from lines if key.endswith(".txt") else (json.loads(line) if line.strip() else None for line in lines)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text of a row, however deeply it is nested."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _grams(found: list[str], count: int) -> Iterator[int]:
    for start in range(len(found) - count + 1):
        text = " ".join(found[start : start + count])
        yield int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
