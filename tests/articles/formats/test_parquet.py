"""Articles as rows of Parquet files."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ownvoice.articles.article import Article
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
    columns = {"content": ["x" * 10_000_000] * 30}
    assert texts(read("a.parquet", parquet(columns, compression="zstd", use_dictionary=False))) == ["zip_bomb"]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no parquet at all", parquet({"content": ["Text."]})[:-9]])
def test_what_is_no_parquet_is_named_so(data):
    assert texts(read("a.parquet", data)) == ["bad_parquet"]


def test_a_parquet_file_without_the_columns_says_which_it_has():
    (found,) = read("a.parquet", parquet({"body": ["Text."], "views": [1]}))
    assert found.reason == "missing_field"
    assert found.detail == "no 'content'; the fields are body, views. Name yours in OWNVOICE_SOURCE__FIELDS"
