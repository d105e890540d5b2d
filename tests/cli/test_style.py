"""`ownvoice style`: the report of a model, made where it is missing, and of a dataset version."""

from __future__ import annotations

import json
import os

import pytest

from ownvoice.cli.main import load_command
from ownvoice.errors import ModelUnavailableError, SettingsError, StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.places import REPOSITORY, TESTS
from stand_ins.trained import trained_run
from stand_ins.training_world import stand_in_python
from stand_ins.two_authors import two_authors_lake


@pytest.fixture
def lake(tmp_path, monkeypatch) -> Lake:
    lake = Lake((tmp_path / "lake").as_uri())
    monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", stand_in_python(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]))
    return lake


@pytest.fixture
def style(capsys):
    """Run the command and return what it printed; its errors are raised."""

    def run(*arguments: str) -> str:
        load_command("style").main(list(arguments), standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_the_report_of_a_model_is_made_once_and_fits_a_terminal(lake, style, monkeypatch):
    trained_run(lake, two_authors_lake(lake, 10, 10))
    printed = style("--model", "night")
    assert "51 held-out prompts from 10 articles of ann" in printed
    assert all(len(line) <= 80 for line in printed.splitlines())
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT", "1")
    assert style("--model", "night") == printed, "it is read, and nobody is asked"
    report = json.loads(style("--model", "night", "--json"))
    assert [one["name"] for one in report["subjects"]] == ["base", "prompted_base", "trained", "author"]


def test_a_model_that_cannot_be_judged_is_a_sentence_and_nobody_is_asked(lake, style, monkeypatch):
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT", "1")
    trained_run(lake, commit_pairs(lake, small_dataset()))
    assert "not judged: the test split of version 1 holds 8 prompts" in style("--model", "night")


def test_a_damaged_report_is_made_again_and_models_that_did_not_answer_are_told(lake, style, monkeypatch):
    trained_run(lake, two_authors_lake(lake, 10, 10))
    lake.store.write(RunKeys("night").style, b"{ no")
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT", "9")
    with pytest.raises(ModelUnavailableError, match="was not answered: it ended with OUT_OF_MEMORY"):
        style("--model", "night")
    monkeypatch.delenv("OWNVOICE_TRAINER_STAND_IN_ANSWERING_EXIT")
    assert "held-out prompts" in style("--model", "night")


def test_the_report_of_a_version_tells_chosen_from_rejected(lake, style):
    two_authors_lake(lake, test_articles=2, train_articles=22)
    printed = style("--version", "1", "--author", "bob")
    assert "\nchosen " in printed and "\nrejected " in printed


@pytest.mark.parametrize("arguments", [("--model", "night", "--version", "1"), ("--also", "run:x"), ("--again",)])
def test_options_that_do_not_fit_are_refused(lake, style, arguments):
    with pytest.raises(SettingsError, match="--model"):
        style(*arguments)


def test_no_such_training_is_a_sentence(lake, style):
    with pytest.raises(StorageError, match="no training has that name"):
        style("--model", "nobody")
