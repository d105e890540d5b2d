"""The cells of Parquet files: an id is what was typed, in a column of whatever type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
import pytest

from ownvoice.articles.article import Article
from ownvoice.config.source_rules import SourceRules
from stand_ins.source_objects import parquet, read, texts

_UUID = UUID("12345678-1234-5678-1234-567812345678")


def ids_of(column: pa.Array, **options) -> list[str | None]:
    found = read("a.parquet", parquet({"id": column, "content": ["Text."] * len(column)}, **options))
    return [one.metadata_id if isinstance(one, Article) else str(one.reason) for one in found]


@pytest.mark.parametrize(
    ("column", "ids"),
    [
        (pa.array(["010", "12:30", "7", "7.0", "", None]), ["010", "12:30", "7", "7.0", None, None]),
        (pa.array([7.0, None, float("nan"), 7.5, 1e15, -0.25]), ["7", None, None, "7.5", "1000000000000000", "-0.25"]),
        (pa.array([7.0, 7.1], pa.float32()), ["7", "7.1"]),
        (pa.array([7.0, 7.5], pa.float16()), ["7", "7.5"]),
        (pa.array([0, 2**64 - 1], pa.uint64()), ["0", "18446744073709551615"]),
        (pa.array([Decimal("7.00"), Decimal("7.10"), None]), ["7", "7.10", None]),
        (pa.array([Decimal("9" * 38)]), ["9" * 38]),
        (pa.array(["010", "7", "010"]).dictionary_encode(), ["010", "7", "repeated"]),
        (pa.array([b"010", "é".encode(), b"\xff"]), ["010", "é", "not_utf8"]),
        (pa.array(["010"], pa.large_string()), ["010"]),
        (pa.array([_UUID.bytes], pa.uuid()), [str(_UUID)]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([dt.date(2024, 1, 1)]), ["2024-01-01"]),
        (pa.array([1], pa.timestamp("ns")), ["1970-01-01 00:00:00.000000001"]),
        (pa.nulls(1), [None]),
    ],
)
def test_an_id_is_what_was_typed(column, ids):
    wanted = [one if one != "repeated" else "010" for one in ids]
    assert ids_of(column) == wanted
    assert ids_of(column, store_schema=False) == wanted


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2.0**53]),
        pa.array([float("inf")]),
        pa.array([2.0**24], pa.float32()),
        pa.array([2**62], pa.timestamp("us")),
        pa.array([[1]]),
        pa.array([{"a": 1}]),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    ],
)
def test_a_cell_that_does_not_hold_exactly_what_was_typed_is_no_id(column):
    assert ids_of(column) == ["wrong_shape"]


def test_a_number_is_no_text():
    (found,) = read("a.parquet", parquet({"content": [7]}))
    assert (found.reason, found.detail) == ("wrong_shape", "the content is no text, but a number")


def test_content_in_a_column_of_bytes_is_text():
    assert texts(read("a.parquet", parquet({"content": [b"Text.", b"b\xe4d"]}))) == ["Text.", "not_utf8"]


@pytest.mark.parametrize(
    "meta",
    [
        pa.array([{"writer": "jane", "numbers": [1] * 5000}]),
        pa.array([[("writer", "jane")]], pa.map_("string", "string")),
    ],
)
def test_dots_lead_into_structs_and_maps_past_what_is_large_beside_it(meta):
    rules = SourceRules(fields={"meta.writer": "author_id"})
    (article,) = read("a.parquet", parquet({"content": ["Text."], "meta": meta}), rules)
    assert article.author_id == "jane"


def test_two_columns_of_one_name_hide_no_refusal():
    columns = pa.table([pa.array(["Text."]), pa.array(["yes"]), pa.array(["no"])], ["content", "consent", "consent"])
    (article,) = read("a.parquet", parquet(columns))
    assert article.consent == "no"
