"""The records in an object of the source: JSON, JSON Lines, CSV or Parquet, by its name. Pure."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.errors import BadDataError, first_line

ENDINGS = (".json", ".jsonl", ".ndjson", ".csv", ".parquet")
MAX_OBJECT_BYTES = 256 << 20
"""As it stands in the source, and as it is unpacked."""

_UNREADABLE = (ValueError, RecursionError)  # no JSON, too long a number, too deep
_MAX_CELL_CHARS = 1 << 24
_WRAPPERS = ("data", "items", "records", "feedbacks", "conversations")


class Record(NamedTuple):
    """A record and where it stands in its file; a `value` that is an exception says why it cannot be read."""

    place: str
    value: Any


def is_read(key: str) -> bool:
    """Whether an object's name says that it may hold feedback."""
    return key.lower().removesuffix(".gz").endswith(ENDINGS)


def records_in(key: str, data: bytes) -> Iterator[Record]:
    """Yield the records of an object. Raises `BadDataError` where it is not what its name says."""
    name = key.lower()
    if name.endswith(".gz"):
        name, data = name.removesuffix(".gz"), _unpacked(data)
    if len(data) > MAX_OBJECT_BYTES:
        raise BadDataError(f"it has more than {MAX_OBJECT_BYTES:,} bytes: export fewer records at a time")
    if name.endswith(".parquet"):
        yield from _parquet(data)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDataError(f"it is no text in UTF-8 (byte {error.start})") from None
    yield from _csv(text) if name.endswith(".csv") else _json(text)


def _unpacked(data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            return file.read(MAX_OBJECT_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadDataError(f"it is no whole gzip file ({first_line(error)})") from None


def _parquet(data: bytes) -> Iterator[Record]:
    try:
        with pq.ParquetFile(io.BytesIO(data)) as file:
            rows = 0
            for batch in file.iter_batches(1000, use_threads=False):
                for value in batch.to_pylist():
                    rows += 1
                    yield Record(f"row {rows}", value)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadDataError(f"it is no whole Parquet file ({first_line(error)})") from None


def _csv(text: str) -> Iterator[Record]:
    csv.field_size_limit(_MAX_CELL_CHARS)
    try:
        for number, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), 1):
            yield Record(f"row {number}", {name: value for name, value in row.items() if name and value != ""})
    except csv.Error as error:
        raise BadDataError(f"it is no whole CSV file ({first_line(error)})") from None


def _json(text: str) -> Iterator[Record]:
    try:
        whole = json.loads(text) if text.strip() else []
    except _UNREADABLE:
        yield from _lines(text)
        return
    for number, value in enumerate(_listed(whole), 1):
        yield Record(f"record {number}", value)


def _listed(whole: Any) -> list[Any]:
    """Return the records of a JSON document: a list of them, one alone, or what an API wraps into an object."""
    if isinstance(whole, list):
        return whole
    if isinstance(whole, dict):
        return next((whole[name] for name in _WRAPPERS if isinstance(whole.get(name), list)), [whole])
    return [whole]


def _lines(text: str) -> Iterator[Record]:
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines(): a text may hold other line separators
        if line.strip():
            try:
                yield Record(f"line {number}", json.loads(line))
            except _UNREADABLE as error:
                why = "too deep" if isinstance(error, RecursionError) else str(error)
                yield Record(f"line {number}", BadDataError(f"it is no JSON: {why}"))
