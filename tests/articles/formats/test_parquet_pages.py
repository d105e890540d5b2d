"""The pages of Parquet files, as their headers announce them."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.articles.formats.parquet_pages import unpacked_page_sizes
from stand_ins.source_objects import parquet

_CELLS = [None, *(f"text {number}" * (number % 40) for number in range(3000))]


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd"])
@pytest.mark.parametrize("page_version", ["1.0", "2.0"])
@pytest.mark.parametrize(
    "options",
    [{}, {"use_dictionary": False, "data_page_size": 2000, "write_batch_size": 20}, {"write_page_checksum": True}],
)
def test_pages_and_their_headers_are_what_the_footer_counts(compression, page_version, options):
    data = parquet({"text": _CELLS}, compression=compression, data_page_version=page_version, **options)
    chunk = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(0)
    start = min(offset for offset in (chunk.dictionary_page_offset, chunk.data_page_offset) if offset)
    sizes = list(unpacked_page_sizes(io.BytesIO(data), start, chunk.total_compressed_size))
    headers = chunk.total_uncompressed_size - sum(sizes)
    assert 0 < headers < 1000 * len(sizes)
    assert len(sizes) > (20 if "data_page_size" in options else 0)


@given(st.binary(max_size=60), st.integers(0, 70), st.integers(0, 70))
def test_no_bytes_can_do_more_than_be_no_pages(data, start, packed_bytes):
    try:
        assert all(size >= 0 for size in unpacked_page_sizes(io.BytesIO(data), start, packed_bytes))
    except ValueError as error:
        assert "page" in str(error)


def test_a_list_of_a_billion_values_in_a_header_is_read_no_further_than_the_header():
    header = bytes([0x19, 0xF8, 0xFF, 0xFF, 0xFF, 0xFF, 0x03]) + bytes(1000)
    with pytest.raises(ValueError, match="without an end"):
        list(unpacked_page_sizes(io.BytesIO(header), 0, len(header)))


def test_pyarrow_unpacks_no_page_beyond_the_size_in_its_header():
    data = parquet({"text": ["x" * 100_000]}, compression="zstd", use_dictionary=False)
    chunk = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(0)
    (size,) = unpacked_page_sizes(io.BytesIO(data), chunk.data_page_offset, chunk.total_compressed_size)
    assert size > 100_000
    spelled, shorter = (_varint(one << 1) for one in (size, size - 16_384))
    assert data.count(spelled) >= 1
    with pytest.raises((OSError, pa.ArrowException)):
        pq.ParquetFile(io.BytesIO(data.replace(spelled, shorter, 1))).read()


def _varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found, value = found + bytes([value & 127 | 128]), value >> 7
    return found + bytes([value])
