"""Variants of a recipe: what is refused before anything is trained."""

from __future__ import annotations

import pytest

from ownvoice.errors import SettingsError
from ownvoice.training.planning.request import TrainingRequest, parse_variants, recipes_of
from ownvoice.training.recipe import TrainingRecipe

RECIPE = TrainingRecipe(backend="trl", accumulation_steps=1, warmup_steps=1)
SWEEP = {"chapter": {}, "soft": {"beta": 0.1}, "wide": {"lora_rank": 64, "lora_alpha": 64}}


def asked(**fields):
    return TrainingRequest(**{"recipe": RECIPE, "variants": SWEEP} | fields)


def test_each_variant_is_the_recipe_with_its_own_changes():
    recipes = recipes_of(asked(), 40)
    assert list(recipes) == ["chapter", "soft", "wide"]
    assert recipes["chapter"] == RECIPE
    assert (recipes["soft"].beta, recipes["soft"].lora_rank) == (0.1, 32)
    assert (recipes["wide"].beta, recipes["wide"].lora_rank) == (0.5, 64)


def test_without_variants_the_recipe_is_trained_alone():
    assert recipes_of(TrainingRequest(recipe=RECIPE), 40) == {"": RECIPE}
    assert TrainingRequest(recipe=RECIPE, variants=None) == TrainingRequest(recipe=RECIPE), "a form that was emptied"


def test_all_problems_of_all_variants_stand_in_one_message():
    variants = {
        "Über": {},
        "hot": {"learning_rate": 2, "epochs": 0},
        "other": {"seed": 1},
        "twin": {"beta": 0.5},
        "same": {"beta": 0.5},
        "long": {"beta": 0.2, "epochs": 1},
    }
    recipe = RECIPE.model_copy(update={"warmup_steps": 500})
    with pytest.raises(SettingsError) as caught:
        recipes_of(TrainingRequest(recipe=recipe, variants=variants, publish_variant="none"), 40)
    for problem in (
        "variant Über: name it with up to 32 of a-z",
        "variant hot: learning_rate is 2",
        "variant hot: epochs is 0",
        "variant other: seed is not what variants may differ in",
        "variant same: it is the same recipe as ",
        "variant long: warmup_steps is 500 and the whole run has 20",
        "publish_variant is 'none'",
    ):
        assert problem in str(caught.value)


def test_variants_are_written_on_a_command_line_as_name_and_changes():
    assert parse_variants(["soft:beta=0.1,epochs=2", "chapter:"]) == {
        "soft": {"beta": "0.1", "epochs": "2"},
        "chapter": {},
    }
    assert recipes_of(asked(variants=parse_variants(["soft:beta=0.1,epochs=2"])), 40)["soft"].beta == 0.1
    with pytest.raises(SettingsError, match="'soft', 'wide:rank', 'a:': write each variant once"):
        parse_variants(["soft", "wide:rank", "a:", "a:"])
