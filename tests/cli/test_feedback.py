"""`ownvoice feedback`, from the exports to the rows that a training may take."""

from __future__ import annotations

import json

import pytest

from ownvoice.errors import SettingsError
from ownvoice.imports.table import read_imported
from ownvoice.storage.lake import Lake
from stand_ins.feedback_exports import line, lines


@pytest.fixture
def feedback(tmp_path, monkeypatch, capsys):
    """Run `ownvoice feedback` and return what it printed, in one line."""
    from ownvoice.cli.main import load_command

    (tmp_path / "exports").mkdir()
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    monkeypatch.setenv("OWNVOICE_FEEDBACK", (tmp_path / "exports").as_uri())

    def run(*arguments: str) -> str:
        load_command("feedback").main(arguments, standalone_mode=False)
        return " ".join(capsys.readouterr().out.split())

    return run


def test_a_round_from_collection_to_approval(feedback, tmp_path):
    assert "nothing is new" in feedback("collect") and "no round of feedback yet" in feedback("list")
    said = [line("up", "A"), line("edit", "M.", other="R."), line("up", "B", consent=None)]
    (tmp_path / "exports" / "a.jsonl").write_bytes(lines(*said))
    collected = feedback("collect")
    assert "rows to record: 1, held: 1" in collected and "dropped, no_consent: 1." in collected
    assert "feedback show 1" in collected
    shown = feedback("show", "1")
    assert "chosen: A" in shown and "held: not_an_author" in shown
    assert "approved by the command line" in feedback("approve", "1")
    assert feedback("approve", "1") == feedback("list")
    with pytest.raises(SettingsError, match="approved already, and of other rows"):
        feedback("approve", "1", "--release", "not_an_author")
    assert "round 2, waiting" in feedback("collect", "--held")
    feedback("approve", "2", "--release", "not_an_author")
    lake = Lake((tmp_path / "lake").as_uri())
    assert sorted(str(row["chosen"]) for row in read_imported(lake)) == ["A", "R."]
    assert "2 things said and 2 recorded rows are withdrawn" in feedback("withdraw", "ada@reader.example")
    assert list(read_imported(lake)) == []
    assert [one["number"] for one in json.loads(feedback("list", "--json"))["rounds"]] == [2, 1]


def test_a_source_or_a_round_that_is_not_there_is_named(feedback, monkeypatch):
    with pytest.raises(SettingsError, match=r"holds no round of feedback 3; there are: none"):
        feedback("show", "3")
    monkeypatch.delenv("OWNVOICE_FEEDBACK")
    with pytest.raises(SettingsError, match="no feedback was named"):
        feedback("collect")


def test_what_cannot_be_read_is_named_where_it_is_all_that_there_is(feedback, tmp_path):
    (tmp_path / "exports" / "no.json").write_text("not json at all")
    (tmp_path / "exports" / "other.jsonl").write_text('{"prompt": "Why logs?", "answer": "Because."}\n')
    told = feedback("collect")
    assert "no round was made; objects read: 2" in told
    assert "not read: no.json" in told and "not read: other.jsonl" in told
