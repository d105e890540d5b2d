"""A plan writes one recipe file for each variant, or nothing."""

from __future__ import annotations

import pytest

from ownvoice.errors import SettingsError
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.planning.variants import read_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from stand_ins.pair_lake import commit_pairs, small_dataset

RECIPE = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1)
SWEEP = {"chapter": {}, "soft": {"beta": 0.1}, "wide": {"lora_rank": 64, "lora_alpha": 64}}


def asked(**fields):
    return TrainingRequest(**{"recipe": RECIPE, "variants": SWEEP} | fields)


@pytest.fixture
def planned(lake):
    commit_pairs(lake, small_dataset())
    settings = TrainingSettings(gpu_usd_per_hour=10)
    return plan_training(lake, "a-run", asked(publish_variant="soft"), settings)


def test_every_variant_is_planned_as_a_training_of_its_own(lake, planned):
    assert [one.variant for one in planned] == ["chapter", "soft", "wide"]
    runs = [read_training_run(one.recipe_uri) for one in planned]
    assert [run.keys.folder for run in runs] == ["runs/a-run.chapter", "runs/a-run.soft", "runs/a-run.wide"]
    assert runs[1].recipe.beta == 0.1
    variants = read_variants(lake, "a-run")
    assert variants.run_ids == {run.run_id.removeprefix("a-run."): run.run_id for run in runs}
    assert variants.publish == "soft"
    assert (planned[0].train_pairs, planned[0].test_pairs, planned[0].usd) == (40, 8, 3.0)


def test_nothing_is_written_where_one_variant_cannot_work(lake):
    commit_pairs(lake, small_dataset())
    with pytest.raises(SettingsError):
        plan_training(lake, "a-run", asked(variants=SWEEP | {"bad": {"epochs": 0}}), TrainingSettings())
    assert list(lake.store.objects("runs")) == []
