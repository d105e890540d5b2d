"""What reading a Parquet file may need: of its footer, its pages, and the rows that are in memory together."""

from __future__ import annotations

import os
import struct
from collections.abc import Collection, Iterator
from typing import IO, TYPE_CHECKING, Any

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.budget import refuse_more
from ownvoice.articles.formats.parquet_pages import unpacked_page_sizes

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAX_FOOTER_BYTES = 16 << 20
MAX_PAGES = 1_000_000
MAX_PAGE_BYTES = 256 << 20  # pyarrow needs about three times as much to read it
BOUNDS = f"a page: {MAX_PAGE_BYTES >> 20} MiB unpacked; {MAX_PAGES:,} pages; the footer: {MAX_FOOTER_BYTES >> 20} MiB"
_BATCH_BYTES = 64 << 20
_MOST_ROWS_AT_A_TIME = 64
_ROW_BYTES = 256  # what a row counts for beside its text
_TAIL = struct.Struct("<I4s")  # the size of the footer, and "PAR1"


def refuse_a_large_footer(copy: IO[bytes]) -> None:
    """Raise `UnreadableError` where the footer of the file is larger than `MAX_FOOTER_BYTES`."""
    copy.seek(max(copy.seek(0, os.SEEK_END) - _TAIL.size, 0))
    size, magic = _TAIL.unpack(copy.read().rjust(_TAIL.size, b"\0"))
    if magic == b"PAR1" and size > MAX_FOOTER_BYTES:
        refuse_more("bytes in its footer; write fewer and larger row groups", size, MAX_FOOTER_BYTES)


def rows_at_a_time(file: pq.ParquetFile, copy: IO[bytes], columns: Collection[str], most: int) -> int:
    """Return how many rows of the columns may be in memory together, if each is as large as a whole page.

    Raises `UnreadableError` where there are too many pages, one is too large, or all unpack to more than `most` bytes.
    """
    largest, unpacked = 0, 0
    for count, size in enumerate(_page_sizes(file, copy, columns), 1):
        largest, unpacked = max(largest, size), unpacked + size
        if unpacked > most:
            raise UnreadableError(Reason.ZIP_BOMB, f"its pages unpack to more than {most:,} bytes")
        refuse_more("pages; write larger ones", count, MAX_PAGES)
        refuse_more("bytes in one page; write smaller pages", size, MAX_PAGE_BYTES)
    return min(max(_BATCH_BYTES // max(largest, 1), 1), _MOST_ROWS_AT_A_TIME)


def unpacked_bytes(batch: pa.RecordBatch) -> int:
    """Return what rows count for: their bytes in memory, where a text that many rows share counts for each."""
    return sum(map(_bytes, batch.columns), batch.num_rows * _ROW_BYTES)


def _page_sizes(file: pq.ParquetFile, copy: IO[bytes], columns: Collection[str]) -> Iterator[int]:
    metadata = file.metadata
    paths = [metadata.schema.column(index).path for index in range(metadata.num_columns)]
    wanted = [i for i, path in enumerate(paths) if any(f"{path}.".startswith(f"{name}.") for name in columns)]
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for chunk in map(group.column, wanted):
            starts = (chunk.dictionary_page_offset, chunk.data_page_offset)
            start = min(offset for offset in starts if offset)
            yield from unpacked_page_sizes(copy, start, chunk.total_compressed_size)


def _bytes(column: pa.Array[Any]) -> int:
    import pyarrow as pa

    return int((column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column).nbytes)
