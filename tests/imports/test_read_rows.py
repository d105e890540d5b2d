"""The rows of a data file as other programs write it: what is taken for the same, and what stops."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ownvoice.errors import BadDataError
from ownvoice.imports.table import read_imported
from stand_ins.imported import imported, recorded_rows

TWIN = "llmtwin-dpo"
ROW = {"prompt": "One?", "chosen": "A.", "rejected": "B."}


def turns(answer):
    return [{"content": "One?", "role": "user"}, {"content": answer, "role": "assistant"}]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", ",prompt,chosen,rejected\n0,One?,A.,B.\n"),
        ("a.csv", "Unnamed: 0,prompt,chosen,rejected\n0,One?,A.,B.\n"),
        ("A.CSV.GZ", gzip.compress(b"prompt,chosen,rejected\nOne?,A.,B.\n")),
        ("A.JSONL", json.dumps(ROW)),
        ("a.json", json.dumps([ROW | {"__index_level_0__": 7}])),
    ],
)
def test_an_index_of_pandas_and_a_name_in_capitals_make_no_other_rows(name, data, lake, tmp_path):
    (folder := tmp_path / "files").mkdir()
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    for path in (folder / name, folder):
        assert imported(lake, TWIN, path).kept == 1
    assert [(row["chosen"], row["rejected"]) for row in read_imported(lake)] == [("A.", "B.")]


def test_types_of_other_writers_are_the_same_values(lake, tmp_path):
    turn = pa.struct([("content", pa.large_string()), ("role", pa.dictionary(pa.int8(), pa.string()))])
    columns = {
        "chosen": pa.array([turns("A.")], pa.large_list(turn)),
        "rejected": pa.array([turns("B.")], pa.list_(turn, 2)),
        "chosen_rating": pa.array([5], pa.int8()),
        "rejected_rating": pa.nulls(1),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert imported(lake, "capybara", tmp_path).kept == 1


def test_a_missing_text_is_an_empty_one_and_a_missing_score_none_in_every_kind_of_file(lake, tmp_path):
    pq.write_table(pa.table({"prompt": ["One?"], "chosen": pa.nulls(1), "rejected": ["B."]}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_text(json.dumps(ROW | {"chosen": None}) + "\n" + json.dumps(ROW | {"prompt": None}))
    (tmp_path / "c.csv").write_text("prompt,chosen,rejected\nOne?,,B.\n")
    assert imported(lake, TWIN, tmp_path).dropped == {"empty": 4}
    row = recorded_rows("distilabel-intel-orca")[0] | {"system": "", "chosen_score": "NaN"}
    (tmp_path / "d.csv").write_text(",".join(row) + "\n" + ",".join(json.dumps(str(value)) for value in row.values()))
    assert imported(lake, "distilabel-intel-orca", tmp_path / "d.csv").dropped == {"left_out": 1}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", "prompt,chosen,rejected,chosen\nOne?,A.,B.,C.\n"),
        ("a.jsonl", '{"prompt": "One?", "chosen": "A.", "rejected": "B.", "chosen": "C."}'),
    ],
)
def test_a_column_that_is_there_twice_stops_the_import(name, data, lake, tmp_path):
    (tmp_path / name).write_text(data)
    with pytest.raises(BadDataError, match="column chosen is there twice"):
        imported(lake, TWIN, tmp_path)


def test_a_column_of_parquet_that_is_there_twice_stops_the_import(lake, tmp_path):
    table = pa.Table.from_arrays([pa.array([text]) for text in "qabc"], [*ROW, "chosen"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(BadDataError, match="column chosen is there twice"):
        imported(lake, TWIN, tmp_path)


@pytest.mark.parametrize("when", [pa.array([2**61], pa.timestamp("us")), pa.array([1], pa.timestamp("us", "Nowhere"))])
def test_a_date_that_cannot_be_read_stops_the_import_in_one_sentence(when, lake, tmp_path):
    columns = {"winner": ["model_a"], "conversation_a": [turns("A.")], "conversation_b": [turns("B.")]}
    pq.write_table(pa.table(columns | {"timestamp": when}), tmp_path / "a.parquet")
    with pytest.raises(BadDataError, match="a.parquet, row 1: the file cannot be read"):
        imported(lake, "arena-140k", tmp_path)
