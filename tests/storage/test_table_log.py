"""The log of no table says anything of a text or an id, however it is written to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import log_entry_key
from ownvoice.storage.table_log import entries_with_values, files_by_version, log_entries, rewrite_log, without_values
from ownvoice.storage.tables import TABLES

_SECRET = "Zaphod wrote this himself"


def _value(of_type: pa.DataType) -> object:
    if pa.types.is_string(of_type):
        return _SECRET
    if pa.types.is_date(of_type):
        return dt.date(2026, 2, 1)
    if pa.types.is_timestamp(of_type):
        return dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    if pa.types.is_map(of_type):
        return [(_value(of_type.key_type), _value(of_type.item_type))]
    if pa.types.is_list(of_type):
        return [_value(of_type.value_type)]
    if pa.types.is_struct(of_type):
        return {field.name: _value(field.type) for field in of_type}
    return of_type.to_pandas_dtype()(1)


@pytest.mark.parametrize("table", TABLES)
def test_no_column_of_text_has_values_in_the_log_or_in_a_checkpoint(lake: Lake, tmp_path: Path, table: str) -> None:
    row = {field.name: _value(field.type) for field in TABLES[table]}
    from deltalake import write_deltalake

    opened = lake.table_for_writing(table)
    write_deltalake(opened, pa.Table.from_pylist([row], schema=TABLES[table]), mode="append")
    opened.create_checkpoint()
    log = [path for path in (tmp_path / "lake").rglob("_delta_log/*") if path.is_file()]
    assert len(log) >= 3 and not [path for path in log if _SECRET[:10].encode() in path.read_bytes()]
    assert entries_with_values(lake, table) == 0


def test_a_log_that_lacks_an_entry_is_not_read_as_a_shorter_one(lake: Lake) -> None:
    from deltalake import write_deltalake

    table = lake.table_for_writing("runs")
    for _ in range(2):
        write_deltalake(table, TABLES["runs"].empty_table(), mode="append")
    lake.store.delete(log_entry_key("runs", 1))
    with pytest.raises(StorageError, match="lacks an entry between its first and its last"):
        log_entries(lake, "runs")


def test_a_log_that_is_written_again_names_the_same_files_and_lets_go_of_its_checkpoint(lake: Lake) -> None:
    from deltalake import write_deltalake

    row = {field.name: _value(field.type) for field in TABLES["runs"]}
    table = lake.table_for_writing("runs")
    table.alter.set_table_properties({"delta.dataSkippingStatsColumns": "run_id"})
    write_deltalake(table, pa.Table.from_pylist([row], schema=TABLES["runs"]), mode="append")
    table.create_checkpoint()
    before = files_by_version(log_entries(lake, "runs"))
    assert entries_with_values(lake, "runs") > 0
    rewrite_log(lake, "runs", lambda entry: without_values(entry, "runs"))
    assert entries_with_values(lake, "runs") == 0 and files_by_version(log_entries(lake, "runs")) == before
    reopened = lake.table("runs")
    assert reopened is not None and reopened.version() == table.version()
    bytes_of = (lake.store.read(one.key) or b"" for one in lake.store.objects("tables/runs/_delta_log"))
    assert not any(_SECRET[:10].encode() in data for data in bytes_of)
