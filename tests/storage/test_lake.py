"""What the lake holds in memory while it reads: a part of a file, never the file."""

from __future__ import annotations

import random

import pyarrow as pa

ROWS, CHARS = 20_000, 1_000


def test_a_file_of_rows_is_opened_and_read_in_parts(lake):
    lake.write_rows("many.parquet", pa.table({"text": [f"{number:0{CHARS}}" for number in range(ROWS)]}))
    usual, watched = pa.default_memory_pool(), pa.proxy_memory_pool(pa.default_memory_pool())
    pa.set_memory_pool(watched)
    try:
        with lake.open_rows("many.parquet") as rows:
            assert sum(part.num_rows for part in rows.iter_batches(500)) == ROWS
    finally:
        pa.set_memory_pool(usual)
    assert watched.max_memory() < ROWS * CHARS / 2


def test_an_open_file_keeps_nothing_of_what_was_read_of_it(lake):
    texts = [random.Random(number).randbytes(CHARS // 2).hex() for number in range(ROWS)]  # nothing compresses them
    lake.write_rows("many.parquet", pa.table({"text": texts}))
    with lake.open_rows("many.parquet") as rows:
        before = pa.total_allocated_bytes()
        # In this thread: another may let go of what it has read a moment later.
        assert rows.read_row_groups(range(rows.num_row_groups), use_threads=False).num_rows == ROWS
        assert pa.total_allocated_bytes() - before < ROWS * CHARS / 100
