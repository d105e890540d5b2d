"""The texts of a Parquet file: each cell, and the dictionaries, which may hold values that no row has any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

_ROWS_AT_A_TIME = 1_000


def cells_of(file: BinaryIO) -> Iterator[str]:
    """Yield the texts of a Parquet file, a column of some rows at a time, one cell a line."""
    for columns in ((), _dictionaries(file)):
        file.seek(0)
        opened = pq.ParquetFile(file, read_dictionary=list(columns), pre_buffer=False)
        wanted = list(columns) or None
        for rows in opened.iter_batches(_ROWS_AT_A_TIME, columns=wanted, use_threads=False):
            for column in rows.columns:
                yield "\n".join(_strings(column))
        if not wanted and not _dictionaries(file):
            return


def _dictionaries(file: BinaryIO) -> tuple[str, ...]:
    """Return the flat columns of text, whose dictionaries can be read as they stand."""
    file.seek(0)
    schema = pq.ParquetFile(file, pre_buffer=False).schema_arrow
    return tuple(field.name for field in schema if _is_text(field.type))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind))


def _strings(array: pa.Array) -> Iterator[str]:
    """Yield the texts of a column, however deep they lie in it."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        yield from _strings(array.dictionary)
    elif pa.types.is_map(kind):
        yield from _strings(array.keys)
        yield from _strings(array.items)
    elif pa.types.is_struct(kind):
        for part in array.flatten():
            yield from _strings(part)
    elif pa.types.is_nested(kind):
        yield from _strings(array.flatten())
    elif _is_text(kind) or pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        for value in array.to_pylist():
            if value is not None:
                yield value if isinstance(value, str) else value.decode("utf-8", "replace")
