"""Objects of a source as bytes, in every packing, and reading them without a store."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from ownvoice.articles.article import Article, LatestOnly, ReadResult
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.articles.formats.read import read_object
from ownvoice.config.source_rules import SourceRules


def read(
    key: str, data: bytes | str, rules: SourceRules | None = None, sidecar: Fields | None = None
) -> list[ReadResult]:
    """Return all that an object with these bytes yields."""
    file = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    return list(read_object(OpenedObject(key, file, [sidecar] if sidecar else []), rules or SourceRules()))


def texts(found: list[ReadResult]) -> list[str]:
    """Return the content of each article, and the reason of each that is quarantined or passed over."""
    return [
        one.content if isinstance(one, Article) else str(one.reason) for one in found if not isinstance(one, LatestOnly)
    ]


def json_lines(*items: Any) -> str:
    """Return an item a line; text stays as it is, so that a line may be broken."""
    return "\n".join(item if isinstance(item, str) else json.dumps(item) for item in items)


def book(*items: Any) -> str:
    """Return items as the LLM Engineer's Handbook keeps its raw documents."""
    return json.dumps({"artifact_data": list(items)})


def parquet(columns: Mapping[str, Any] | pa.Table, **options: Any) -> bytes:
    """Return a Parquet file of these columns."""
    buffer = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), buffer, **options)
    return buffer.getvalue()


def packed_zeros(packed: Callable[[BinaryIO], BinaryIO], size_bytes: int) -> bytes:
    """Return `size_bytes` zero bytes as `packed` packs them."""
    buffer = io.BytesIO()
    with packed(buffer) as file:
        for _ in range(size_bytes >> 20):
            file.write(bytes(1 << 20))
    return buffer.getvalue()


def gz(buffer: BinaryIO) -> BinaryIO:
    """Return a file that packs into `buffer` with gzip."""
    return cast(BinaryIO, gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1))


def zst(buffer: BinaryIO) -> BinaryIO:
    """Return a file that packs into `buffer` with Zstandard."""
    return zstandard.ZstdCompressor().stream_writer(buffer, closefd=False)
