"""Rounds: which model `rejected_by` names is fixed when a run begins, and recorded with the version it learnt from."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from ownvoice.config.generators import NEWEST_RUN, RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun, Round, record_run
from ownvoice.errors import SettingsError
from ownvoice.training.planning.variants import Variants, write_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.report import write_run_report
from ownvoice.training.results.rounds import with_fixed_second_model
from ownvoice.training.run import TrainingRun, write_training_run
from stand_ins.trained import leave_trained_run
from stand_ins.training_world import SMALL, filled

DAY = dt.date(2026, 5, 1)


@pytest.fixture
def world(lake):
    return filled(lake)


def train(lake, run_id, curves="good", names=("",), day=DAY):
    run_ids = {name: f"{run_id}/{name}" if name else run_id for name in names}
    write_variants(lake, run_id, Variants(run_ids))
    for training in run_ids.values():
        recipe = TrainingRecipe.model_validate(SMALL | {"prompt_template": "chat"})
        run = TrainingRun(run_id=training, lake=lake.uri, dataset_version=1, recipe=recipe)
        write_training_run(lake, run)
        leave_trained_run(lake, run, curves)
    write_run_report(lake, run_id, day)


def asked(model, run_id="night", **second):
    recipe = GenerationRecipe(rejected_by=RejectedBy(model=model, **second))
    return RefreshRun(run_id=run_id, refresh_date=DAY, articles_uri="file:///n", recipe=recipe)


def test_a_model_of_a_training_is_asked_as_it_was_trained_and_makes_the_second_round(world):
    train(world, "train_dpo/manual__1")
    run = with_fixed_second_model(world, asked("run:train_dpo/manual__1"))
    assert run.recipe.rejected_by.prompt_template == "chat"
    assert run.rejected_round == Round(number=2, training_run="train_dpo/manual__1", dataset_version=1)


def test_a_template_that_the_recipe_names_stays(world):
    train(world, "one")
    run = with_fixed_second_model(world, asked("run:one", prompt_template="alpaca"))
    assert run.recipe.rejected_by.prompt_template == "alpaca"


def test_the_newest_healthy_training_is_taken_and_a_run_begun_again_keeps_it(world):
    train(world, "one")
    train(world, "two", day=DAY + dt.timedelta(days=1))
    train(world, "blocked", "block", day=DAY + dt.timedelta(days=2))
    run = with_fixed_second_model(world, asked(NEWEST_RUN))
    assert run.recipe.rejected_by.model == "run:two"
    record_run(world, run)
    train(world, "three", day=DAY + dt.timedelta(days=3))
    assert with_fixed_second_model(world, asked(NEWEST_RUN)) == run
    assert with_fixed_second_model(world, asked(NEWEST_RUN, "next")).recipe.rejected_by.model == "run:three"


def test_of_two_trainings_of_a_day_the_one_that_ended_last_is_the_newest(world):
    train(world, "zebra")
    train(world, "ant")
    assert with_fixed_second_model(world, asked(NEWEST_RUN)).recipe.rejected_by.model == "run:ant"


def test_of_several_recipes_of_a_run_the_chosen_one_is_the_newest(world):
    train(world, "compared", names=("first", "second"))
    assert with_fixed_second_model(world, asked(NEWEST_RUN)).recipe.rejected_by.model == "run:compared/first"


def test_a_model_that_learnt_from_the_second_round_makes_the_third(world, monkeypatch):
    train(world, "one")
    from ownvoice.training.results import rounds

    version = rounds.find_version(world, 1)
    monkeypatch.setattr(rounds, "find_version", lambda lake, number: replace(version, round=2))
    assert with_fixed_second_model(world, asked("run:one")).rejected_round.number == 3


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (NEWEST_RUN, "no training in .* passed its health rules. Train a model first"),
        ("run:nobody", "run:nobody in rejected_by: .*no training has that name"),
        ("lake:models/none", "lake:models/none in rejected_by: .*holds no model"),
        ("hub:a/b/c", "names no model"),
        ("run:", "run: in rejected_by"),
    ],
)
def test_a_model_that_is_not_there_is_refused_before_anything_is_asked(world, model, sentence):
    with pytest.raises(SettingsError, match=sentence):
        with_fixed_second_model(world, asked(model))


def test_a_training_that_left_no_model_is_refused(world):
    train(world, "one")
    result = world.read_json("runs/one/result.json")
    world.write_json("runs/one/result.json", result | {"exit": "OUT_OF_MEMORY", "message": "it was too large"})
    with pytest.raises(SettingsError, match="left no model: it ended with OUT_OF_MEMORY"):
        with_fixed_second_model(world, asked("run:one"))


@pytest.mark.parametrize("model", ["lake:models/toy", "hub:owner/name@main", "gpt-4o-mini"])
def test_any_other_model_makes_no_round_and_stays_as_it_is_named(world, model):
    run = asked(model)
    assert with_fixed_second_model(world, run) == run
    assert json.loads(run.model_dump_json())["rejected_round"] is None
