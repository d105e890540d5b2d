"""Decontamination: rows of evaluation sets, in files of every kind, and the pairs that hold one."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ownvoice.errors import OwnvoiceError, SettingsError
from ownvoice.pairs.evaluation import read_evaluation_sets
from ownvoice.storage.stores import ObjectStore

ROW = "How many bicycles stand in the hall of the old house by the river at night?"
SHORT = "Name the capital of the smallest island state there."  # nine words
CHINESE = "请问故宫博物院位于中国的哪一个城市？"


@pytest.fixture
def sets(tmp_path):
    return ObjectStore((tmp_path / "sets").as_uri(), create_folder=True)


def test_a_row_is_found_by_thirteen_words_whatever_their_case_and_punctuation(lake, sets):
    sets.write("quiz.jsonl", "\n".join(json.dumps({"a": {"question": text}}) for text in ("Short.", ROW)).encode())
    grams = read_evaluation_sets(lake, [f"{sets.uri}/quiz.jsonl"])
    assert grams.row_in(f"I was asked: HOW MANY “bicycles” {ROW[18:]}") == f"{sets.uri}/quiz.jsonl, row 2"
    assert grams.row_in(" ".join(ROW.split()[:13])) is not None
    assert grams.row_in(" ".join(ROW.split()[:12])) is None


def test_a_row_may_hold_other_line_separators(lake, sets):
    sets.write("quiz.jsonl", json.dumps({"q": f"\u2028{ROW}"}, ensure_ascii=False).encode())
    assert read_evaluation_sets(lake, [sets.uri]).row_in(ROW)


def test_a_short_row_is_found_whole_and_a_shorter_one_never(lake, sets):
    sets.write("quiz.txt", f"{SHORT}\nWhat is the capital of France?\n".encode())
    grams = read_evaluation_sets(lake, [sets.uri])
    assert grams.row_in(f"Well, {SHORT.lower()} And then?") == f"{sets.uri}/quiz.txt, row 1"
    assert grams.row_in("What is the capital of France?") is None


def test_scripts_without_spaces_count_letters(lake, sets):
    sets.write("quiz.txt", CHINESE.encode())
    assert read_evaluation_sets(lake, [sets.uri]).row_in(f"他问：{CHINESE}") is not None


def test_parquet_is_read_and_made_into_word_runs_once(lake, sets, tmp_path):
    pq.write_table(pa.table({"n": [1], "choices": [[ROW]]}), tmp_path / "sets" / "a.parquet")
    assert read_evaluation_sets(lake, [sets.uri]).row_in(ROW)
    (kept,) = lake.store.objects("evaluation")
    sets.write("a.txt", SHORT.encode())
    assert read_evaluation_sets(lake, [sets.uri]).row_in(SHORT)
    assert len(list(lake.store.objects("evaluation"))) == 2
    assert kept in list(lake.store.objects("evaluation"))


def test_no_set_means_that_nothing_is_hit(lake):
    assert read_evaluation_sets(lake, []).row_in(ROW) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.jsonl", b"{broken"), ("a.parquet", b"PAR?"), ("a.txt", b"\xff\xfe\x00")],
)
def test_a_broken_set_stops_the_night_by_name(lake, sets, name, data):
    sets.write(name, data)
    with pytest.raises(SettingsError, match=name):
        read_evaluation_sets(lake, [sets.uri])


@pytest.mark.parametrize("where", ["", "/nothing.jsonl", "/nowhere"])
def test_a_set_that_is_not_there_stops_the_night(lake, sets, where):
    with pytest.raises(OwnvoiceError, match="nowhere|stands"):
        read_evaluation_sets(lake, [sets.uri + where])
