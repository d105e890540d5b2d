"""What a name on the command line of `ownvoice ask` stands for."""

from __future__ import annotations

import pytest

from ownvoice.errors import SettingsError, StorageError
from ownvoice.training.ask_request import AskedModel
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.results.asked_models import asked_models
from ownvoice.training.run import TrainingRun, write_training_run
from ownvoice.training.trainer.folders import delete_folder
from stand_ins.trained import leave_trained_run
from stand_ins.training_world import filled

COMMIT = "c0ffee" * 6


@pytest.fixture
def run(lake):
    """Return a function that leaves a trained run of a base."""
    filled(lake)

    def leave(run_id="night/soft", **recipe):
        run = TrainingRun(run_id=run_id, lake=lake.uri, dataset_version=1, recipe=TrainingRecipe(**recipe))
        write_training_run(lake, run)
        leave_trained_run(lake, run)
        return run

    return leave


@pytest.mark.parametrize("name", ["night/soft", "run:night/soft"])
def test_a_run_is_its_base_at_the_commit_that_was_trained_and_what_it_made(lake, run, name):
    made = run()
    base, trained = asked_models(lake, name)
    assert base.name == f"hub:mlabonne/TwinLlama-3.1-8B@{COMMIT}"
    assert (trained.name, trained.label) == (f"lake:{made.keys.merged}", "trained: night/soft")
    assert {base.template, trained.template} == {"alpaca"}


def test_a_base_of_the_lake_is_named_by_its_folder_and_a_template_that_is_given_counts(lake, run):
    run(base_model="lake:models/toy")
    base, trained = asked_models(lake, "night/soft", "chat")
    assert base.name == "lake:models/toy"
    assert {base.template, trained.template} == {"chat"}


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("lake:models/toy", "lake:models/toy"),
        ("owner/name", "hub:owner/name@main"),
        ("owner/name@v2", "hub:owner/name@v2"),
        ("hub:gpt2", "hub:gpt2@main"),
    ],
)
def test_any_other_model_stands_for_itself_in_the_form_of_its_own(lake, name, known):
    filled(lake)
    assert asked_models(lake, name) == [AskedModel(label=known, name=known, template=None)]


@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [
        ("no-run", SettingsError, "has no training 'no-run'. Name a run, lake:KEY"),
        ("run:no/run", StorageError, "no training has that name"),
        ("lake:models/none", SettingsError, "models/none holds no model"),
        ("owner/name/more", SettingsError, "names no model"),
        ("", SettingsError, "has no training ''"),
    ],
)
def test_what_names_nothing_is_one_sentence(lake, name, error, reason):
    filled(lake)
    with pytest.raises(error, match=reason):
        asked_models(lake, name)


def test_a_model_that_was_cleaned_away_is_told_before_anything_starts(lake, run):
    made = run()
    delete_folder(lake.store, made.keys.merged)
    with pytest.raises(SettingsError, match="holds no model"):
        asked_models(lake, "night/soft")
