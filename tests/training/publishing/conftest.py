"""A lake with a dataset version, and a run that was trained on it; the lake is made once and copied for each test."""

from __future__ import annotations

import shutil

import pytest

from ownvoice.lake import Lake
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, write_training_run
from ownvoice.triples.offline_model import running_offline_model
from stand_ins.hub import WRITER, running_hub
from stand_ins.night import Night
from stand_ins.trained import leave_trained_run


@pytest.fixture(scope="session")
def first_night(tmp_path_factory):
    """The folder of a lake with dataset version 1, of eight articles."""
    folder = tmp_path_factory.mktemp("first-night")
    with running_offline_model() as model:
        night = Night(Lake((folder / "lake").as_uri()), folder / "articles", model)
        night.write(*"abcdefgh")
        night.list_and_plan("night-1", test_share=0.4)
        night.generate("night-1")
        assert night.commit("night-1") is not None
    return folder / "lake"


@pytest.fixture
def lake(first_night, tmp_path):
    shutil.copytree(first_night, tmp_path / "lake")
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def trained(lake):
    """Train by stand-in: returns a function from a run id to its `TrainingRun`."""

    def train(run_id="run-1", kind="good", **fields):
        recipe = TrainingRecipe(hub_repository="ann/voice")
        run = TrainingRun(run_id=run_id, lake=lake.uri, dataset_version=1, recipe=recipe)
        write_training_run(lake, run)
        leave_trained_run(lake, run, kind, **fields)
        return run

    return train


@pytest.fixture
def hub(monkeypatch):
    with running_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", WRITER)
        yield hub
