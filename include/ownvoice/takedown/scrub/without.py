"""A file without what is withdrawn: rows of Parquet, elements of JSON, lines of text. Pure.

`holds` says of a text whether it holds something of what is withdrawn.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Holds = Callable[[str], bool]
_ROWS_AT_A_TIME = 1_000
_GONE = object()


def without(key: str, data: bytes, holds: Holds) -> bytes | None:
    """Return the content of the object under `key` without what is withdrawn; None where its kind cannot be parted."""
    suffix = key.rpartition(".")[2]
    if suffix == "parquet":
        return _rows_without(data, holds)
    if suffix == "json":
        return json.dumps(_value_without(json.loads(data), holds), ensure_ascii=False, indent=1).encode()
    if suffix in ("jsonl", "txt", "md"):
        lines = data.decode("utf-8", "replace").splitlines(keepends=True)
        return "".join(line for line in lines if not holds(line)).encode()
    return None


def _value_without(value: Any, holds: Holds) -> Any:
    """Return a JSON value without the elements of lists that hold something, and without such keys of objects.

    The innermost element goes that holds it as a text of its own. A text outside of any list becomes empty: whoever
    reads the file expects it.
    """
    kept = _pruned(value, holds)
    return _emptied(value, holds) if kept is _GONE else kept


def _pruned(value: Any, holds: Holds) -> Any:
    """Return a value without such parts, or `_GONE` where it holds something outside of any list within it."""
    if isinstance(value, str):
        return _GONE if holds(value) else value
    if isinstance(value, list):
        return [kept for one in value if (kept := _pruned(one, holds)) is not _GONE]
    if isinstance(value, dict):
        named = {name: _pruned(one, holds) for name, one in value.items() if not holds(name)}
        return _GONE if _GONE in named.values() else named
    return value


def _emptied(value: Any, holds: Holds) -> Any:
    """Return a value with its texts that hold something made empty; lists within it are pruned."""
    if isinstance(value, str):
        return "" if holds(value) else value
    if isinstance(value, dict):
        return {name: _emptied(one, holds) for name, one in value.items() if not holds(name)}
    return _pruned(value, holds)


def _rows_without(data: bytes, holds: Holds) -> bytes:
    source, buffer = pq.ParquetFile(io.BytesIO(data)), io.BytesIO()
    with pq.ParquetWriter(buffer, source.schema_arrow, write_page_checksum=True) as writer:
        for rows in source.iter_batches(_ROWS_AT_A_TIME, use_threads=False):
            kept = [not any(map(holds, _texts(row))) for row in rows.to_pylist()]
            writer.write_table(pa.Table.from_batches([rows.filter(pa.array(kept, pa.bool_()))]))
    return buffer.getvalue()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
