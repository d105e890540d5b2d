"""A plan writes one recipe file for each variant, or nothing."""

from __future__ import annotations

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun, record_run, refuse_taken_folder
from ownvoice.errors import BadBaseError, SettingsError
from ownvoice.training.planning.plan import estimated_hours, plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.planning.variants import Variants, read_variants, variant_of, write_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from ownvoice.training.version_pairs import SplitSizes
from stand_ins.pair_lake import commit_pairs, small_dataset

RECIPE = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1)
REFRESH = {"refresh_date": "2026-11-28", "articles_uri": "file:///articles", "recipe": GenerationRecipe(model="m")}
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
    assert [run.run_id for run in runs] == ["a-run/chapter", "a-run/soft", "a-run/wide"]
    assert len({run.keys.folder for run in runs}) == 3
    assert runs[1].recipe.beta == 0.1
    variants = read_variants(lake, "a-run")
    assert variants.run_ids == {run.run_id.removeprefix("a-run/"): run.run_id for run in runs}
    assert variants.publish == "soft"
    assert (planned[0].train_pairs, planned[0].test_pairs, planned[0].usd) == (40, 8, 3.0)


def test_a_run_and_a_variant_of_another_share_no_folder(lake, planned):
    (alone,) = plan_training(lake, "a-run.soft", TrainingRequest(recipe=RECIPE), TrainingSettings())
    assert alone.recipe_uri not in [one.recipe_uri for one in planned]


def test_a_variant_is_known_by_its_id_also_in_lakes_that_join_it_with_a_dot(lake, planned):
    assert variant_of(lake, "a-run/soft") == ("a-run", "soft")
    write_variants(lake, "older", Variants({"soft": "older.soft"}))
    assert variant_of(lake, "older.soft") == ("older", "soft")
    assert variant_of(lake, "older") is None


def test_a_run_that_was_planned_with_dots_can_be_planned_again_and_one_of_another_id_not(lake, planned):
    write_variants(lake, "older", Variants({"chapter": "older.chapter", "soft": "older.soft", "wide": "older.wide"}))
    assert [one.variant for one in plan_training(lake, "older", asked(), TrainingSettings())] == list(SWEEP)
    plan_training(lake, "a:b", asked(), TrainingSettings())
    with pytest.raises(SettingsError, match="would share its folder with 'a:b/chapter'"):
        plan_training(lake, "a+b", asked(), TrainingSettings())


def test_a_training_takes_no_name_of_a_refresh_and_a_refresh_none_of_a_training(lake, planned):
    with pytest.raises(SettingsError, match="a-run is a training"):
        refuse_taken_folder(lake, RefreshRun(run_id="a-run", **REFRESH))
    record_run(lake, RefreshRun(run_id="a-night", **REFRESH))
    with pytest.raises(SettingsError, match="a-night is a refresh"):
        plan_training(lake, "a-night", asked(), TrainingSettings())


def test_nothing_is_written_where_one_variant_cannot_work(lake):
    commit_pairs(lake, small_dataset())
    with pytest.raises(SettingsError):
        plan_training(lake, "a-run", asked(variants=SWEEP | {"bad": {"epochs": 0}}), TrainingSettings())
    assert list(lake.store.objects("runs")) == []


@pytest.mark.parametrize("files", [(), ("config.json",), ("model.safetensors",)])
@pytest.mark.parametrize("base", ["lake:models/none", "lake:"])
def test_a_base_that_the_lake_lacks_is_refused_before_anything_is_written(lake, base, files):
    commit_pairs(lake, small_dataset())
    for name in files:
        lake.store.write(f"models/none/{name}", b"{}")
    recipe = RECIPE.model_copy(update={"base_model": base})
    with pytest.raises(BadBaseError, match="holds no model"):
        plan_training(lake, "a-run", TrainingRequest(recipe=recipe), TrainingSettings())
    assert list(lake.store.objects("runs")) == []


def test_every_evaluation_of_the_test_split_is_in_the_estimate():
    settings = TrainingSettings(expected_tokens_per_s=1)
    recipe = TrainingRecipe(batch_pairs=1, accumulation_steps=1, eval_every=0.2)
    without, with_test = (estimated_hours(SplitSizes(10, 0, 1, chars), recipe, settings) for chars in (0, 14_400))
    assert with_test - without == pytest.approx(5)


def test_several_gpus_are_in_the_run_and_in_the_estimate_and_not_in_the_recipe(lake):
    commit_pairs(lake, small_dataset())
    request = TrainingRequest(recipe=RECIPE)
    (one,) = plan_training(lake, "one", request, TrainingSettings())
    (two,) = plan_training(lake, "two", request, TrainingSettings(gpu_count=2))
    runs = [read_training_run(planned.recipe_uri) for planned in (one, two)]
    assert [run.gpu_count for run in runs] == [1, 2]
    assert runs[0].recipe == runs[1].recipe
    assert one.steps == two.steps
    sizes = SplitSizes(train_pairs=1000, test_pairs=100, train_chars=10**9, test_chars=10**8)
    hours = [estimated_hours(sizes, RECIPE, TrainingSettings(gpu_count=count)) for count in (1, 4)]
    assert hours[1] == pytest.approx(hours[0] / 4, rel=0.05)


@pytest.mark.parametrize("changed", [{"backend": "unsloth"}, {"batch_pairs": 3}])
def test_what_several_gpus_cannot_train_is_refused_before_anything_is_written(lake, changed):
    commit_pairs(lake, small_dataset())
    request = TrainingRequest(recipe=RECIPE.model_copy(update=changed))
    with pytest.raises(SettingsError, match="gpu_count"):
        plan_training(lake, "two", request, TrainingSettings(gpu_count=2))
    assert not list(lake.store.objects("runs/two"))
