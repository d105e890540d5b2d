"""What docs/tables.md tells other engines is true: its queries give a version's rows, on a folder and on S3."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pytest

from ownvoice.dataset.export import export
from ownvoice.offline_model.server import running_offline_model
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.tables import COLUMNS as ALL_COLUMNS
from ownvoice.storage.tables import TABLES as ALL_TABLES
from stand_ins.night import Night
from stand_ins.places import DOCS
from stand_ins.s3_server import make_bucket

# A night makes no table of judgements without judges, and imports nothing.
COLUMNS, TABLES = (
    {name: kept for name, kept in every.items() if name not in ("judgements", "imported")}
    for every in (ALL_COLUMNS, ALL_TABLES)
)


@pytest.fixture(scope="module", params=["folder", "s3"])
def lake(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Return a lake in which version 2 retired rows of version 1, and version 3 rows of both."""
    folder = tmp_path_factory.mktemp("engines")
    lake = Lake((folder / "lake").as_uri())
    if request.param == "s3":
        access = request.getfixturevalue("s3_access")
        lake = Lake(f"{make_bucket(access, 'other-engines')}/a-lake", access)
    with running_offline_model() as model:
        night = Night(lake, folder / "articles", model)
        night.write("ant", "bee")
        night.run("first")
        night.edit("ant", "I don’t mind the rain as much as I once did, and that’s all I can say of it.")
        night.run("second")
        night.remove("bee")
        night.run("third")
    write_report(lake, "third")
    return lake


@pytest.fixture
def options(lake: Lake) -> dict[str, str] | None:
    """The options that the page names for a store other than Amazon's, with its keys; no key in the environment."""
    access = lake.store.access
    return access.endpoint_url and {
        "aws_access_key_id": access.access_key_id,
        "aws_secret_access_key": access.secret_access_key,
        "aws_endpoint_url": access.endpoint_url,
        "aws_region": "us-east-1",
        "aws_allow_http": "true",
    }


def example(engine: str) -> str:
    page = (DOCS / "tables.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"### {engine}\n.*?```python\n(.*?)```", page, re.DOTALL)[:1]
    return code


def rows_of(train: Any) -> list[tuple[str, ...]]:
    return sorted(train.rows() if isinstance(train, polars.DataFrame) else train)


@pytest.mark.parametrize("engine", ["Polars", "DuckDB"])
def test_the_query_of_the_page_gives_the_rows_of_the_export_of_that_version(
    engine: str, lake: Lake, options: dict[str, str] | None, tmp_path: Path
):
    found = {"lake": lake.uri, "options": options}
    exec(example(engine), found)
    export(lake, tmp_path / "out", version=2)
    exported = polars.read_parquet(tmp_path / "out" / "train.parquet")
    assert rows_of(found["train"]) == rows_of(exported.select("prompt", "chosen", "rejected"))
    export(lake, tmp_path / "newest")
    assert rows_of(found["train"]) != rows_of(polars.read_parquet(tmp_path / "newest" / "train.parquet"))


def test_every_row_and_column_of_every_table_is_the_same_to_an_engine_as_to_us(
    lake: Lake, options: dict[str, str] | None
):
    for name, schema in TABLES.items():
        table = lake.table(name)
        ours = pa.Table.from_batches(scan(table)).select(schema.names).to_pylist()
        theirs = polars.scan_delta(f"{lake.uri}/tables/{name}", storage_options=options).collect()
        assert ours and as_text(ours) == as_text(theirs.select(schema.names).to_arrow().to_pylist()), name


def test_no_table_asks_more_of_a_reader_than_the_first_protocol(lake: Lake):
    for name in TABLES:
        protocol = lake.table(name).protocol()
        assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2), name
        assert not protocol.reader_features and not protocol.writer_features, name


def test_types_are_those_that_the_page_names(lake: Lake):
    sql_type = runpy.run_path(str(DOCS / "write_tables.py"))["sql_type"]
    for name, columns in COLUMNS.items():
        rows = pa.Table.from_batches(scan(lake.table(name)))
        seen = duckdb.sql("FROM rows")
        found = dict(zip(seen.columns, map(str, seen.types), strict=True))
        named = {one.name: duckdb.sqltype(in_duckdb(sql_type(one.type))) for one in columns}
        assert found == {column: str(kind) for column, kind in named.items()} and rows.num_rows, name


def test_the_page_of_the_tables_is_current():
    written = runpy.run_path(str(DOCS / "write_tables.py"))["page"]()
    assert (DOCS / "tables.md").read_text(encoding="utf-8") == written, "run `make docs`"


def test_every_column_has_a_meaning_and_stands_on_the_page_with_it():
    page = (DOCS / "tables.md").read_text(encoding="utf-8")
    for columns in COLUMNS.values():
        assert all(one.meaning and f"| {one.meaning} |" in page for one in columns)


def as_text(rows: Iterable[Any]) -> Sequence[str]:
    return sorted(map(repr, rows))


def in_duckdb(sql: str) -> str:
    """Return what DuckDB calls a type of the page."""
    if inner := re.fullmatch(r"array<(.*)>", sql):
        return f"{in_duckdb(inner[1])}[]"
    if inner := re.fullmatch(r"struct<(.*)>", sql):
        return "STRUCT(" + re.sub(r"(\w+): (\w+)", r'"\1" \2', inner[1]) + ")"
    return sql.replace("<", "(").replace(">", ")")
