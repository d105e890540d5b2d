"""Schema and row type of each table agree: columns, order and types."""

from __future__ import annotations

import datetime as dt
import types
import typing
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pytest

from ownvoice.articles.table import ArticleRow
from ownvoice.chunks.plan import PLANNED_CHUNKS, PlannedChunk
from ownvoice.storage.rows import ChunkRow, ImportedRow, JudgementRow, PairRow, RunRow, chunk_rows
from ownvoice.storage.tables import ARTICLES, CHUNKS, IMPORTED, JUDGEMENTS, PAIRS, PARTITIONS, RUNS, TABLES

ROW_TYPES = [
    (PAIRS, PairRow),
    (ARTICLES, ArticleRow),
    (CHUNKS, ChunkRow),
    (RUNS, RunRow),
    (JUDGEMENTS, JudgementRow),
    (IMPORTED, ImportedRow),
]
ROW_TYPES_AND_PLAN = [*ROW_TYPES, (PLANNED_CHUNKS, PlannedChunk)]
ARROW_TYPES = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    dt.date: pa.date32(),
    dt.datetime: pa.timestamp("us", "UTC"),
    dict[str, int]: pa.map_(pa.string(), pa.int64()),
}


def arrow_type(python_type: Any) -> pa.DataType:
    """Return the Arrow type that holds values of a row's annotation."""
    if typing.get_origin(python_type) in (typing.Union, types.UnionType):
        (python_type,) = (one for one in typing.get_args(python_type) if one is not type(None))
    if typing.get_origin(python_type) is list:
        return pa.list_(arrow_type(*typing.get_args(python_type)))
    if typing.is_typeddict(python_type):
        return pa.struct(columns(python_type))
    if isinstance(python_type, type) and issubclass(python_type, StrEnum):
        return pa.string()
    return ARROW_TYPES[python_type]


def columns(row_type: type) -> list[tuple[str, pa.DataType]]:
    return [(name, arrow_type(annotation)) for name, annotation in typing.get_type_hints(row_type).items()]


@pytest.mark.parametrize(("schema", "row_type"), ROW_TYPES_AND_PLAN, ids=lambda one: getattr(one, "__name__", ""))
def test_a_row_type_has_the_columns_of_its_schema_in_order_and_of_the_same_types(schema: pa.Schema, row_type: type):
    assert columns(row_type) == [(field.name, field.type) for field in schema]


def test_every_table_has_a_row_type_and_a_partitioning():
    assert list(TABLES.values()) == [schema for schema, _ in ROW_TYPES]
    assert list(PARTITIONS) == list(TABLES)


def test_the_drop_reasons_of_a_chunk_are_read_as_they_were_written():
    row = dict.fromkeys(CHUNKS.names) | {"drop_reasons": {"too_short": 2}}
    (read,) = chunk_rows(pa.Table.from_pylist([row], schema=CHUNKS))
    assert read["drop_reasons"] == {"too_short": 2}
