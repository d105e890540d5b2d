"""The bounds of reading a Parquet file."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ownvoice.articles.formats import parquet_budget
from ownvoice.articles.formats.parquet_budget import rows_at_a_time, unpacked_bytes
from stand_ins.source_objects import parquet, read


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("MAX_FOOTER_BYTES", "it has more than 0 bytes in its footer; write fewer and larger row groups"),
        ("MAX_PAGE_BYTES", "it has more than 0 bytes in one page; write smaller pages"),
        ("MAX_PAGES", "it has more than 0 pages; write larger ones"),
    ],
)
def test_footer_and_pages_have_bounds_which_are_said(monkeypatch, bound, said):
    monkeypatch.setattr(parquet_budget, bound, 0)
    (found,) = read("a.parquet", parquet({"content": ["Text."]}))
    assert (found.reason, found.detail) == ("too_large", said)


@pytest.mark.parametrize(("text_bytes", "rows"), [(100, 64), (16 << 10, 3), (100 << 10, 1)])
def test_rows_as_large_as_the_largest_page_are_held_in_a_bounded_memory(monkeypatch, text_bytes, rows):
    monkeypatch.setattr(parquet_budget, "_BATCH_BYTES", 64 << 10)
    data = parquet({"content": ["short", "x" * text_bytes]}, row_group_size=1, use_dictionary=False)
    file = pq.ParquetFile(io.BytesIO(data))
    assert rows_at_a_time(file, io.BytesIO(data), ["content"], 1 << 40) == rows


def test_a_text_that_rows_share_counts_for_each():
    shared = pa.array(["x" * 1000] * 50)
    both = [pa.record_batch({"content": column}) for column in (shared, shared.dictionary_encode())]
    assert [unpacked_bytes(batch) // 50 for batch in both] == [1260, 1260]


def test_rows_of_nothing_have_a_bound(monkeypatch):
    monkeypatch.setattr(parquet_budget, "_ROW_BYTES", 1 << 20)
    (found,) = read("a.parquet", parquet({"content": pa.nulls(2_000_000, pa.string())}))
    assert (found.reason, found.detail) == ("zip_bomb", "its first 0 rows unpack to more than 52,428,800 bytes")
