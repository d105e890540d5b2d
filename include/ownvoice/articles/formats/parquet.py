"""Articles as rows of a Parquet file."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING

from ownvoice.articles.article import Article, PassedOver, ReadResult, Reason, UnreadableError, quarantining
from ownvoice.articles.formats.budget import most_unpacked_bytes
from ownvoice.articles.formats.fields import content_of, is_read, make_article, missing_content
from ownvoice.articles.formats.names import folded
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.articles.formats.parquet_budget import refuse_a_large_footer, rows_at_a_time, unpacked_bytes
from ownvoice.articles.formats.parquet_cells import row_of
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import DiskError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


def read_parquet(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of a Parquet file, which is copied to disk and read a few rows at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with contextlib.ExitStack() as until_read:
        copy = _copy(opened, until_read)
        try:
            refuse_a_large_footer(copy)
            with pq.ParquetFile(copy.name, buffer_size=1 << 20, pre_buffer=False) as file:
                yield from _articles(opened, file, copy, rules)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise UnreadableError(Reason.BAD_PARQUET, (str(error).splitlines() or [""])[0][:200]) from None


def _copy(opened: OpenedObject, until_read: contextlib.ExitStack) -> IO[bytes]:
    """Copy the object to a temporary file. Raises `DiskError` where this machine has no room for it."""
    try:
        copy = until_read.enter_context(tempfile.NamedTemporaryFile(suffix=".parquet"))  # noqa: SIM115
        shutil.copyfileobj(opened.file, copy)
        copy.flush()
    except OSError as error:
        raise DiskError(
            f"{opened.key} cannot be copied to the temporary folder of this machine, as a Parquet file must be: "
            f"{(error.strerror or str(error)).lower()}. Free some space there, or name another folder in TMPDIR."
        ) from None
    return copy


def _articles(opened: OpenedObject, file: pq.ParquetFile, copy: IO[bytes], rules: SourceRules) -> Iterator[ReadResult]:
    columns = _columns(file.schema_arrow.names, rules)
    most = most_unpacked_bytes(copy.seek(0, os.SEEK_END))
    unpacked = number = 0
    rows = rows_at_a_time(file, copy, columns, most)
    for batch in file.iter_batches(rows, columns=columns, use_threads=False):  # threads cost more than so few rows
        unpacked += unpacked_bytes(batch)
        if unpacked > most:
            raise UnreadableError(Reason.ZIP_BOMB, f"its first {number:,} rows unpack to more than {most:,} bytes")
        for index in range(batch.num_rows):
            yield _article(f"{opened.key}#{number}", batch, index, opened.sidecars, rules)
            number += 1


@quarantining
def _article(
    key: str, batch: pa.RecordBatch, index: int, beside: Sequence[Fields], rules: SourceRules
) -> Article | PassedOver:
    row = row_of(batch, index)
    return make_article(key, content_of(row, rules), [row], rules, beside)


def _columns(there: list[str], rules: SourceRules) -> list[str]:
    """Return the columns that hold fields of an article. Raises `UnreadableError` where none can hold the content."""
    names = {folded(name) for name in there}
    contents = [folded(name) for name in rules.names_of("content")]
    if not any(name in names or name.split(".")[0] in names for name in contents):
        raise missing_content(there, rules)
    return [name for name in there if is_read(name, rules)]
