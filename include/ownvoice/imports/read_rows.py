"""The rows of one data file, one after the other: Parquet, JSON Lines, JSON and CSV, packed by gzip or not."""

from __future__ import annotations

import csv
import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.imports.known_set import FLAG, MAYBE_NUMBER, MAYBE_TEXT, NUMBER, TEXT, WHOLE, Row, RowError

_PLAIN = (".parquet", ".jsonl", ".ndjson", ".json", ".csv")
SUFFIXES = (*_PLAIN, *(f"{suffix}.gz" for suffix in _PLAIN[1:]))
_ROWS_AT_ONCE = 200
_INDEX_COLUMNS = ("__index_level_0__", "Unnamed: 0", "")  # what pandas adds
_NO_NUMBER = ("", "nan", "null", "none")
# Besides damage: text that is no UTF-8 and dates of no calendar (ValueError), an unknown time zone (LookupError).
_UNREADABLE = (OSError, EOFError, zlib.error, csv.Error, pa.ArrowException, ValueError, OverflowError, LookupError)


def read_rows(path: Path, columns: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows of a file; `columns` are the kinds of those that a cell of CSV is turned into.

    Raises `RowError` where the file, or a row of it, cannot be read as its name says.
    """
    suffixes = path.name.lower().removesuffix(".gz")
    try:
        if suffixes.endswith(".parquet"):
            yield from map(_without_index, _parquet(path))
        else:
            with _opened(path) as lines:
                yield from map(_without_index, _rows(lines, suffixes, columns))
    except _UNREADABLE as error:
        raise RowError(f"the file cannot be read as its name says ({' '.join(str(error).split())[:200]})") from None


def _without_index(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _INDEX_COLUMNS}


def _rows(lines: IO[str], name: str, columns: Mapping[str, str]) -> Iterator[Row]:
    if name.endswith(".csv"):
        return _csv(lines, columns)
    return _json(lines) if name.endswith(".json") else _json_lines(lines)


def _opened(path: Path) -> IO[str]:
    # A text may hold other line separators than \n; CSV has rules of its own.
    newline = "" if ".csv" in path.name.lower() else "\n"
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline=newline)
    return path.open(encoding="utf-8-sig", newline=newline)


def _parquet(path: Path) -> Iterator[Row]:
    with pq.ParquetFile(path, pre_buffer=False) as file:
        _refuse_repeated(file.schema_arrow.names)
        for batch in file.iter_batches(_ROWS_AT_ONCE, use_threads=False):
            yield from batch.to_pylist()


def _json_lines(lines: IO[str]) -> Iterator[Row]:
    for line in lines:
        if line.strip():
            yield _record(_parsed(line))


def _json(lines: IO[str]) -> Iterator[Row]:
    """Yield the rows of a list, or of one object a line: both are called .json."""
    first = lines.read(1)
    while first and first.isspace():
        first = lines.read(1)
    if first == "[":
        yield from map(_record, _parsed(first + lines.read()))
    elif first:
        yield _record(_parsed(first + lines.readline()))
        yield from _json_lines(lines)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise RowError(f"it is no JSON ({error})") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _refuse_repeated([name for name, _ in pairs])
    return dict(pairs)


def _refuse_repeated(names: Sequence[str]) -> None:
    """Raise `RowError` where a name comes twice: which of its values is meant, no reader can know."""
    if len(set(names)) < len(names):
        raise RowError(f"column {next(name for name in names if names.count(name) > 1)} is there twice")


def _record(value: Any) -> Row:
    if not isinstance(value, dict):
        raise RowError("it is no object with columns")
    return value


def _csv(lines: IO[str], columns: Mapping[str, str]) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)
    reader = csv.DictReader(lines, strict=True)
    _refuse_repeated(reader.fieldnames or ())
    for row in reader:
        if None in row or None in row.values():
            raise RowError("it has more or fewer cells than the header")
        yield {name: _cell(name, value, columns.get(name)) for name, value in row.items()}


def _cell(name: str, text: str, kind: str | None) -> Any:
    if kind in (None, TEXT, MAYBE_TEXT):
        return text
    if kind == MAYBE_NUMBER and text.strip().lower() in _NO_NUMBER:
        return None
    try:
        return json.loads(text.lower() if kind in (FLAG, NUMBER, MAYBE_NUMBER, WHOLE) else text)
    except ValueError:
        raise RowError(f"column {name} holds {text[:60]!r}, which is no {kind}") from None
