"""A lake with a dataset version, and runs that were trained on it by a stand-in."""

from __future__ import annotations

import pytest

from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.trained import leave_trained_run


@pytest.fixture
def lake(lake):
    """A lake with dataset version 1."""
    assert commit_pairs(lake, small_dataset()) == 1
    return lake


@pytest.fixture
def trained(lake):
    """Train by stand-in: returns a function from a run id to its `TrainingRun`."""

    def train(run_id="run-1", kind="good", promote=None, **fields):
        recipe = TrainingRecipe(hub_repository="ann/voice", promote=promote)
        run = TrainingRun(run_id=run_id, lake=lake.uri, dataset_version=1, recipe=recipe)
        write_training_run(lake, run)
        leave_trained_run(lake, run, kind, **fields)
        return run

    return train
