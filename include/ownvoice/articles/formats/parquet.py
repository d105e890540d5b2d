"""Articles as rows of a Parquet file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ownvoice.articles.article import Article, PassedOver, ReadResult, Reason, UnreadableError, quarantining
from ownvoice.articles.formats.fields import content_of, is_read, make_article, missing_content
from ownvoice.articles.formats.opened import OpenedObject
from ownvoice.articles.formats.unpack import most_unpacked_bytes
from ownvoice.config.source_rules import SourceRules

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ROWS_AT_A_TIME = 16  # a row may hold an article of the largest size


def read_parquet(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of a Parquet file, which is copied to disk and read a few rows at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.NamedTemporaryFile(suffix=".parquet") as copy:
        shutil.copyfileobj(opened.file, copy)
        copy.flush()
        try:
            with pq.ParquetFile(copy.name, buffer_size=1 << 20) as rows:
                yield from _articles(opened.key, rows, copy.tell(), rules)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableError(Reason.BAD_PARQUET, str(error).splitlines()[0][:200]) from None


def _articles(key: str, rows: pq.ParquetFile, file_bytes: int, rules: SourceRules) -> Iterator[ReadResult]:
    _refuse_a_bomb(rows, file_bytes)
    columns = _columns(rows, rules)
    number = 0
    for batch in rows.iter_batches(_ROWS_AT_A_TIME, columns=columns):
        for index in range(batch.num_rows):
            yield _article(f"{key}#{number}", batch, index, rules)
            number += 1


@quarantining
def _article(key: str, batch: pa.RecordBatch, index: int, rules: SourceRules) -> Article | PassedOver:
    try:
        row: dict[str, Any] = {name: batch[name][index].as_py() for name in batch.schema.names}
    except UnicodeDecodeError as error:
        raise UnreadableError(Reason.NOT_UTF8, f"byte {error.start} of a column is no UTF-8") from None
    return make_article(key, content_of(row, rules), [row], rules)


def _columns(rows: pq.ParquetFile, rules: SourceRules) -> list[str]:
    """Return the columns that hold fields of an article. Raises `UnreadableError` where none can hold the content."""
    there = rows.schema_arrow.names
    folded = {name.casefold() for name in there}
    contents = [name.casefold() for name in rules.names_of("content")]
    if not any(name in folded or name.split(".")[0] in folded for name in contents):
        raise missing_content(there, rules)
    return [name for name in there if is_read(name, rules)]


def _refuse_a_bomb(rows: pq.ParquetFile, file_bytes: int) -> None:
    groups = (rows.metadata.row_group(number) for number in range(rows.metadata.num_row_groups))
    unpacked = sum(group.total_byte_size for group in groups)
    if unpacked > most_unpacked_bytes(file_bytes):
        raise UnreadableError(Reason.ZIP_BOMB, f"its {file_bytes:,} bytes unpack to {unpacked:,}")
