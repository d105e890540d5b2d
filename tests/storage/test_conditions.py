"""Conditions select the rows that they name, whatever characters the values hold."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from ownvoice.storage.conditions import all_of, equals, equals_given, literal, one_of
from ownvoice.storage.lake import scan

if TYPE_CHECKING:
    from deltalake import DeltaTable

HOSTILE = "O'Brien'; DROP TABLE t --"
ROWS = [
    {"name": "plain", "size": 1, "day": dt.date(2026, 1, 1)},
    {"name": HOSTILE, "size": 2, "day": dt.date(2026, 1, 2)},
    {"name": "", "size": 3, "day": dt.date(2026, 1, 2)},
]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> DeltaTable:
    from deltalake import DeltaTable, write_deltalake

    folder = str(tmp_path_factory.mktemp("table"))
    write_deltalake(folder, pa.Table.from_pylist(ROWS))
    return DeltaTable(folder)


@pytest.mark.parametrize(
    ("condition", "sizes"),
    [
        (equals(name=HOSTILE), [2]),
        (equals(size=1, name="plain"), [1]),
        (equals(size=1, name=HOSTILE), []),
        (equals(day=dt.date(2026, 1, 2)), [2, 3]),
        (equals(name=""), [3]),
        (equals_given(name="", size=None), [1, 2, 3]),
        (equals_given(name="", size=2), [2]),
        (equals_given(size=0), []),
        (one_of("name", [HOSTILE, "plain"]), [1, 2]),
        (one_of("day", {dt.date(2026, 1, 1)}), [1]),
        (one_of("name", []), []),
        (all_of(), [1, 2, 3]),
        (all_of("size > 1", f"name <> {literal(HOSTILE)}"), [3]),
    ],
)
def test_a_condition_selects_the_rows_that_it_names(table: DeltaTable, condition: str, sizes: list[int]):
    assert sorted(row["size"] for batch in scan(table, "size", condition) for row in batch.to_pylist()) == sizes
