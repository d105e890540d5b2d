"""Articles as rows of Parquet files."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ownvoice.articles.article import Article
from ownvoice.articles.formats import parquet_cells
from stand_ins.source_objects import parquet, read, texts


@pytest.mark.parametrize("compression", ["snappy", "zstd", "gzip", None])
def test_parquet_rows_are_articles(compression):
    columns = {"content": ["One.", None, "", "Two."], "id": [1, 2, 3, 4], "views": [9, 9, 9, 9]}
    found = read("all.parquet", parquet(columns, compression=compression))
    assert texts(found) == ["One.", "missing_field", "empty", "Two."]
    assert [one.metadata_id for one in found if isinstance(one, Article)] == ["1", "4"]


def test_a_column_of_bytes_that_says_it_is_text_costs_its_rows_alone():
    content = pa.array([b"Good.", b"b\xe4d", b"Good."]).view(pa.string())
    assert texts(read("all.parquet", parquet({"content": content}))) == ["Good.", "not_utf8", "Good."]


def test_a_parquet_file_may_be_a_bomb_too():
    columns = {"content": ["x" * 1_000_000] * 60}
    assert texts(read("a.parquet", parquet(columns, compression="zstd", use_dictionary=False))) == ["zip_bomb"]


@pytest.mark.parametrize("store_schema", [True, False])
def test_a_text_that_a_million_rows_share_is_a_bomb_too(store_schema):
    text = pa.array(["x" * 1_000_000]).dictionary_encode().dictionary
    content = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), text)
    found = read("a.parquet", parquet({"content": content}, compression="zstd", store_schema=store_schema))
    assert texts(found)[-1] == "zip_bomb"
    assert len(found) < 100


def test_an_article_in_a_cell_beyond_the_bound_costs_that_row_alone(monkeypatch):
    monkeypatch.setattr(parquet_cells, "MAX_ARTICLE_BYTES", 10)
    assert texts(read("a.parquet", parquet({"content": ["Short.", "x" * 11, "Short."]}))) == [
        "Short.",
        "too_large",
        "Short.",
    ]


def test_columns_that_hold_no_field_of_an_article_do_not_count():
    columns = {"content": ["Text."], "notes": ["x" * 60_000_000]}
    assert texts(read("a.parquet", parquet(columns, compression="zstd"))) == ["Text."]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no parquet at all", parquet({"content": ["Text."]})[:-9]])
def test_what_is_no_parquet_is_named_so(data):
    assert texts(read("a.parquet", data)) == ["bad_parquet"]


def test_a_parquet_file_without_the_columns_says_which_it_has():
    (found,) = read("a.parquet", parquet({"body": ["Text."], "views": [1]}))
    assert found.reason == "missing_field"
    assert found.detail == "no 'content'; the fields are body, views. Name yours in OWNVOICE_SOURCE__FIELDS"
