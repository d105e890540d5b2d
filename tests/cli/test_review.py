"""`ownvoice review`: the rounds there are, and what one comes to."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.errors import BadDataError, SettingsError
from ownvoice.pairs.reviewed import decisions_of
from ownvoice.reviewing.answers import give_answer
from ownvoice.reviewing.fold import fold_round
from ownvoice.reviewing.sample import read_sample, write_sample
from ownvoice.storage.lake import Lake
from stand_ins.pair_lake import commit_pairs, pair
from stand_ins.review_rounds import ROUND, a_round, answer, item
from stand_ins.review_tools import Said, argilla_records, label_studio_tasks


@pytest.fixture
def lake(tmp_path):
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def review(lake):
    def run(*arguments):
        done = CliRunner().invoke(app, ["review", *arguments, "--lake", lake.uri], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_a_lake_without_rounds_says_what_to_do(review):
    assert "trigger the DAG review_pairs" in review("list")


def test_a_round_is_shown_while_it_is_open_and_after_it_was_folded(lake, review):
    write_sample(lake, a_round(), [item("a"), item("b"), item("g", "gold")])
    for said in (answer("a", "right"), answer("b", "left"), answer("b", "right", "bea"), answer("g")):
        give_answer(lake, said)
    assert f"{ROUND}\n  open; 2 items" in review("list")
    shown = review("show", ROUND)
    assert "1 overturned, 1 undecided, 0 unanswered" in shown
    assert "pair-a overturned: dropped by the next refresh (by ann)" in shown
    assert "pair-b undecided: 1 chosen, 1 rejected, and nothing follows" in shown
    assert "ann: 3 items, 0 skipped, median 4.0 s" in shown
    fold_round(lake, ROUND, "ann")
    assert "folded by ann" in review("list")
    stored = json.loads(review("show", ROUND, "--json"))
    assert stored["counts"] == {"overturned": 1, "undecided": 1, "unanswered": 0}
    assert stored["round"]["closed"]["how"] == "folded"


def test_a_round_is_drawn_and_folded_without_airflow(lake, review):
    commit_pairs(lake, [pair(number, "train") for number in range(20)])
    drawn = json.loads(review("draw", "--size", "10", "--json"))
    assert (drawn["drawn"]["random"], drawn["dataset_version"]) == (8, 1)
    row = next(row for row in read_sample(lake, drawn["round"]) if row.kind == "random")
    give_answer(lake, answer(row.item_id, "right", round_name=drawn["round"]))
    assert "1 overturned, 0 undecided, 7 unanswered" in review("fold", drawn["round"])
    assert [one.what for one in decisions_of(lake, drawn["round"])] == ["overturned"]
    other = json.loads(review("draw", "--size", "3", "--json"))["round"]
    assert "rejected by the command line" in review("close", other)
    assert "folded by the command line" in review("close", drawn["round"]), "a round ends once"


def test_a_size_out_of_range_is_refused(lake):
    with pytest.raises(SettingsError, match="size"):
        raise CliRunner().invoke(app, ["review", "draw", "--size", "0", "--lake", lake.uri]).exception


def test_a_name_that_would_act_on_a_terminal_does_nothing(lake, review):
    write_sample(lake, a_round(), [item("a")])
    give_answer(lake, answer("a", reviewer="ann\x1b[2J\nbea: 900 items"))
    assert "\x1b" not in review("show", ROUND)
    assert not any(line.startswith("bea") for line in review("show", ROUND).splitlines())


@pytest.mark.parametrize(
    ("tool", "name", "writes"),
    [
        ("argilla", "records.json", argilla_records),
        ("label_studio", "tasks.json", label_studio_tasks),
    ],
)
def test_a_round_goes_out_to_a_review_tool_and_its_answers_come_back_once(tool, name, writes, lake, review, tmp_path):
    write_sample(lake, a_round(), [item("a"), item("b")])
    said = review("export", ROUND, str(tmp_path / "out"), "--format", tool)
    assert name in "".join(said.split())  # a long path is wrapped
    files = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    back = tmp_path / "back.json"
    back.write_text(json.dumps(writes(files, {"a": [Said(1, "left")], "b": [Said(1, "nonsense")]})))
    first = review("import", ROUND, str(back), "--format", tool)
    assert "1 new answers, 0 known already, 0 not submitted" in first
    assert "not taken: record 2: 'nonsense' is no choice" in first
    assert json.loads(review("import", ROUND, str(back), "--format", tool, "--json"))["known"] == 1


def test_of_many_bad_answers_some_are_shown_and_all_are_counted(lake, review, tmp_path):
    write_sample(lake, a_round(), [item("a")])
    (tmp_path / "back.json").write_text(json.dumps([{"id": "\x1b[2J"}] * 500))
    shown = review("import", ROUND, str(tmp_path / "back.json"), "--format", "argilla")
    assert "and 480 more that were not taken" in shown
    assert "Nothing was taken. From the tool: write" in shown
    assert "\x1b" not in shown and max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("file", "error"), [("gone.json", SettingsError), (".", SettingsError), ("empty", BadDataError)]
)
def test_a_file_that_is_none_is_named(file, error, lake, tmp_path):
    write_sample(lake, a_round(), [item("a")])
    (tmp_path / "empty").touch()
    path = str(tmp_path / file)
    arguments = ["review", "import", ROUND, path, "--format", "argilla", "--lake", lake.uri]
    with pytest.raises(error, match=path):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
