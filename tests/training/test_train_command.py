"""`ownvoice train` with an interpreter in the trainer's place that trains nothing."""

import os

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.errors import NotTrainedError, SettingsError
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.places import REPOSITORY, TESTS
from stand_ins.training_world import stand_in_python

RECIPE = ["--recipe", "backend=trl", "--recipe", "accumulation_steps=1", "--recipe", "warmup_steps=1"]


@pytest.fixture
def train(lake, tmp_path, monkeypatch):
    commit_pairs(lake, small_dataset())
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", stand_in_python(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]))
    return lambda *options: CliRunner().invoke(app, ["train", "--lake", lake.uri, "--run", "a-run", *RECIPE, *options])


def test_one_recipe_is_trained_and_reported(train, lake):
    shown = train()
    assert shown.exit_code == 0, shown.output
    assert "Training a-run on dataset version 1: pass" in shown.output
    assert lake.read_json("runs/a-run/report.json")["verdict"] == "pass"


def test_several_are_trained_and_compared(train, lake):
    shown = train("--variant", "chapter:", "--variant", "soft:beta=0.1")
    assert shown.exit_code == 0, shown.output
    assert "chosen     chapter" in shown.output
    assert lake.read_json("runs/a-run/comparison.json")["trainings"][1]["recipe"]["beta"] == 0.1


def test_one_that_was_not_trained_is_named_with_the_way_to_go_on(train, monkeypatch):
    monkeypatch.setenv("OWNVOICE_TRAINER_STAND_IN_EXIT", "soft:9")
    shown = train("--variant", "chapter:", "--variant", "soft:beta=0.1")
    assert isinstance(shown.exception, NotTrainedError)
    assert "a-run/soft (not ended)" in str(shown.exception)
    assert "chosen     chapter" in shown.output
    assert train("--variant", "chapter:", "--variant", "soft:beta=0.1").exit_code == 0, "its second try"


def test_a_dry_run_trains_nothing(train, lake):
    assert "soft: 40 pairs, 20 steps, about 0.3 hours" in train("--variant", "soft:beta=0.1", "--dry-run").output
    assert lake.read_json("runs/a-run.soft/result.json") is None


def test_what_cannot_work_and_a_trainer_that_is_not_there_are_refused(train, monkeypatch):
    shown = train("--variant", "hot:learning_rate=9", "--variant", "cold:epochs=0")
    assert isinstance(shown.exception, SettingsError)
    assert "variant hot: learning_rate is '9'" in str(shown.exception)
    assert "variant cold: epochs is '0'" in str(shown.exception)
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", "/nowhere/python")
    assert "make trainer" in str(train().exception)
