"""The trainings of a learning curve: sizes that double up to the whole version, each by several seeds."""

from __future__ import annotations

import pytest

from ownvoice.errors import SettingsError
from ownvoice.training.planning.learning_curve import MAX_SIZES, curve_recipes
from ownvoice.training.planning.plan import plan_training
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.planning.variants import read_variants
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.recipe_checks import MIN_STEPS
from ownvoice.training.run import read_training_run
from ownvoice.training.settings import TrainingSettings
from ownvoice.training.version_pairs import ArticleSize
from stand_ins.pair_lake import commit_pairs, small_dataset

RECIPE = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1)


def asked(recipe=RECIPE, **fields):
    return TrainingRequest(**{"recipe": recipe, "learning_curve": True} | fields)


def articles(count, pairs=4):
    return {f"article-{number}": ArticleSize(pairs, 1000) for number in range(count)}


def test_sizes_double_up_to_all_pairs_and_each_is_trained_by_every_seed():
    recipes = curve_recipes(asked(curve_seeds=2), articles(40))
    assert list(recipes) == [
        f"{part}-seed{seed}" for part in ("1of16", "1of8", "1of4", "1of2", "all") for seed in (0, 1)
    ]
    assert [one.subset_pairs for one in recipes.values()] == [10, 10, 20, 20, 40, 40, 80, 80, None, None]
    assert recipes["all-seed0"] == RECIPE, "the training that there would be without a curve"


def test_the_smallest_part_still_trains_the_steps_that_can_be_judged():
    recipes = curve_recipes(asked(), articles(11))
    smallest = next(iter(recipes.values()))
    assert smallest.steps(smallest.subset_pairs) >= MIN_STEPS > smallest.steps(smallest.subset_pairs // 2)
    assert len(curve_recipes(asked(), articles(10_000))) == MAX_SIZES * 3


def test_no_part_is_smaller_than_one_article():
    sizes = articles(40) | {"long": ArticleSize(70, 1000)}
    assert {one.subset_pairs for one in curve_recipes(asked(), sizes).values()} == {115, None}


@pytest.mark.parametrize("version", [articles(2), articles(4), articles(1, pairs=400), {"a": ArticleSize(0, 0)}])
def test_a_version_too_small_for_a_doubling_is_refused_before_anything_is_trained(version):
    with pytest.raises(SettingsError, match=r"learning curve|optimizer steps"):
        curve_recipes(asked(), version)


def test_what_contradicts_a_curve_stands_in_one_message():
    request = asked(
        RECIPE.model_copy(update={"subset_pairs": 20, "mixture": {"own": 1.0}}), variants={"soft": {"beta": 0.1}}
    )
    with pytest.raises(SettingsError, match=r"variants are named.*subset_pairs is set.*mixture is set"):
        curve_recipes(request, articles(40))
    with pytest.raises(SettingsError, match=r"no training of that name\. It has: 1of16-seed0"):
        curve_recipes(asked(publish_variant="best"), articles(40))


def test_a_planned_curve_counts_what_each_training_will_take_and_costs(lake):
    rows = [row | {"article_id": f"article-{place // 4}"} for place, row in enumerate(small_dataset())]
    commit_pairs(lake, rows)
    settings = TrainingSettings(gpu_usd_per_hour=10, expected_tokens_per_s=1)
    planned = plan_training(lake, "a-run", asked(curve_seeds=2), settings)
    assert [one.train_pairs for one in planned] == [12, 12, 20, 20, 40, 40]
    assert planned[0].hours < planned[-1].hours
    recipes = {one.variant: read_training_run(one.recipe_uri).recipe for one in planned}
    assert (recipes["1of2-seed1"].subset_pairs, recipes["1of2-seed1"].seed) == (20, 1)
    variants = read_variants(lake, "a-run")
    assert variants.curve_pairs == 40
    assert variants.publish == "all-seed0"


def test_a_part_of_a_version_is_checked_and_estimated_as_what_it_takes(lake):
    rows = [row | {"article_id": f"article-{place // 4}"} for place, row in enumerate(small_dataset())]
    commit_pairs(lake, rows)
    recipe = RECIPE.model_copy(update={"subset_pairs": 18})
    (one,) = plan_training(lake, "a-run", TrainingRequest(recipe=recipe), TrainingSettings())
    assert (one.train_pairs, one.steps) == (20, 10)
    with pytest.raises(SettingsError, match="4 train pairs make 2 optimizer steps"):
        small = RECIPE.model_copy(update={"subset_pairs": 4})
        plan_training(lake, "small", TrainingRequest(recipe=small), TrainingSettings())
