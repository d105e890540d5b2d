"""What cannot be read is told in one sentence: the object, why, and what to do; whatever bytes it has become."""

from __future__ import annotations

import io
import json
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.articles.cursor import Cursor, read_cursor
from ownvoice.errors import DamagedError, StorageAccessError, StorageError, StorageUnavailableError
from ownvoice.storage.damage import readable, table_error, table_readable
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import CURSOR, answer_key, original_key, passages_key, reading_key
from ownvoice.storage.remedies import remedy
from ownvoice.storage.run_keys import RunKeys

ROWS = pa.table({"name": ["a", "b"] * 20, "number": range(40)})


def parquet_bytes() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(ROWS, buffer, write_page_checksum=True)
    return buffer.getvalue()


@st.composite
def damaged_bytes(draw, whole: bytes):
    """Draw bytes that were cut, overwritten in one place, or are of something else."""
    kind = draw(st.sampled_from(["cut", "changed", "other"]))
    if kind == "other":
        return draw(st.binary(max_size=200))
    place = draw(st.integers(0, len(whole) - 1))
    if kind == "cut":
        return whole[:place]
    return whole[:place] + bytes([whole[place] ^ draw(st.integers(1, 255))]) + whole[place + 1 :]


@pytest.fixture(scope="module")
def kept_lake(tmp_path_factory):
    return Lake(tmp_path_factory.mktemp("damage").as_uri())


@settings(deadline=None)
@given(data=damaged_bytes(parquet_bytes()))
def test_rows_of_a_damaged_file_are_an_error_that_names_it_or_the_rows_that_were_written(kept_lake, data):
    kept_lake.store.write("runs/x/rows.parquet", data)
    with suppress(DamagedError):
        assert kept_lake.read_rows("runs/x/rows.parquet", ROWS.schema).num_rows == ROWS.num_rows
    with suppress(DamagedError), kept_lake.open_rows("runs/x/rows.parquet") as rows:
        assert rows.metadata.num_rows == ROWS.num_rows


@settings(deadline=None)
@given(data=damaged_bytes(json.dumps({"listed_through": "2026-02-01", "reconciled": "2026-02-01"}).encode()))
def test_a_damaged_cursor_is_an_error_that_says_what_to_do_or_a_cursor(kept_lake, data):
    kept_lake.store.write(CURSOR, data)
    try:
        assert isinstance(read_cursor(kept_lake), Cursor)
    except DamagedError as error:
        assert f"{CURSOR} cannot be read" in str(error)
        assert "Remove it: the next run then lists the whole source." in str(error)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"null", b"7", b"[]", b"{}", b"[" * 100_000, b"\xff\xfe", b'{"listed_through": 7}', b"NaN"]
)
def test_json_that_is_none_or_of_another_shape_is_damage(lake, data):
    lake.store.write(CURSOR, data)
    with pytest.raises(DamagedError, match=r"cursor\.json cannot be read: it is cut, empty or overwritten \("):
        read_cursor(lake)


def test_rows_without_an_expected_column_are_damage(lake):
    lake.write_rows("runs/x/rows.parquet", pa.table({"other": [1]}))
    with pytest.raises(DamagedError, match="cannot be read"):
        lake.read_rows("runs/x/rows.parquet", ROWS.schema)


def test_a_changed_byte_in_a_page_is_found_by_its_checksum(lake):
    lake.write_rows("passages/x.parquet", pa.table({"text": ["what an author wrote"]}))
    written = lake.store.read("passages/x.parquet")
    lake.store.write("passages/x.parquet", written.replace(b"author", b"auth0r"))
    with pytest.raises(DamagedError, match="Remove it: the next run then counts passages again"):
        lake.read_rows("passages/x.parquet")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (CURSOR, "lists the whole source"),
        (passages_key("faithful-1", "jane"), "counts passages again"),
        (reading_key("faithful-1", "0" * 64), "its chunks may be asked again"),
        (RunKeys("night").report, "clear write_report"),
        (RunKeys("night").run, "start another run"),
        (original_key("0" * 64), "from a backup"),
        (answer_key("0" * 64, 1), "from a backup"),
    ],
)
def test_each_kind_of_object_has_its_own_next_step(key, words):
    assert words in remedy(key)


# As deltalake 1.6.6 says it, to the word; it raises its own errors, `OSError` and bare exceptions alike.
SAID = {
    "Failed to fetch metadata for file x/part-1.snappy.parquet: Object at location /x not found: No such file": (
        DamagedError,
        "its file part-1.snappy.parquet is gone",
    ),
    "External error: Parquet error: snappy: corrupt input (expected valid offset but got offset 8)": (
        DamagedError,
        "it is cut or overwritten",
    ),
    "Kernel error: Json error: Truncated record whilst reading string": (DamagedError, "tables/pairs cannot be read"),
    "Generic S3 error: Error performing GET http://x in 2s - HTTP error: error sending request: timed out": (
        StorageUnavailableError,
        "did not answer",
    ),
    "Generic LocalFileSystem error: Unable to open file x.parquet: Permission denied (os error 13)": (
        StorageAccessError,
        "access denied",
    ),
}


@pytest.mark.parametrize(("text", "expected"), SAID.items(), ids=range(len(SAID)))
def test_what_deltalake_says_tells_a_damaged_table_from_a_store_that_is_away_or_refuses(text, expected):
    kind, words = expected
    error = table_error("file:///lake", "tables/pairs", Exception(text))
    assert type(error) is kind
    assert words in str(error)


def test_an_error_of_ours_passes_and_an_interrupt_is_none():
    with pytest.raises(StorageUnavailableError), table_readable("file:///lake", "tables/pairs"):
        raise StorageUnavailableError("away")
    with pytest.raises(StorageError, match="away"), readable("file:///lake", CURSOR):
        raise StorageError("away")
    with pytest.raises(KeyboardInterrupt), table_readable("file:///lake", "tables/pairs"):
        raise KeyboardInterrupt
