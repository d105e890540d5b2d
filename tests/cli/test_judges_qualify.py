"""`ownvoice judges qualify` and `list`: what they say without a panel, with too small a version, and before asking."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.storage.lake import Lake
from stand_ins.simulated_judges import made_up_lake, made_up_pairs

JUDGES = json.dumps([{"name": "one", "model": "a-model", "family": "a"}])


@pytest.fixture
def lake(tmp_path, monkeypatch) -> Lake:
    monkeypatch.setenv("OWNVOICE_LAKE", tmp_path.as_uri())
    monkeypatch.setenv("OWNVOICE_JUDGES", JUDGES)
    return Lake(tmp_path.as_uri())


def run(*arguments: str, answer: str = ""):
    return CliRunner().invoke(app, ["judges", *arguments], input=answer)


def test_without_a_panel_the_setting_is_named(lake, monkeypatch):
    monkeypatch.delenv("OWNVOICE_JUDGES")
    assert "OWNVOICE_JUDGES" in str(run("qualify").exception)


def test_a_version_that_is_too_small_is_refused_before_anything_is_asked(lake):
    made_up_lake(lake, made_up_pairs(articles=4))
    assert "Nothing was asked" in str(run("qualify", "--yes").exception)


def test_the_cost_is_told_before_and_a_no_asks_nothing(lake):
    made_up_lake(lake, made_up_pairs())
    result = run("qualify", answer="n\n")
    assert result.exit_code == 0
    assert "600 requests" in result.output  # no family to compare with
    assert not lake.store.folders("runs")


def test_a_judge_that_was_never_qualified_is_listed_with_what_to_do(lake):
    result = run("list")
    assert "one does not count" in result.output
    assert all(len(line) <= 80 for line in result.output.splitlines())
