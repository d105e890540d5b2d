"""The generation recipe: which model a chunk is asked of, and what makes two recipes the same."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ownvoice.chunks.chunk import chunk_key
from ownvoice.config.generators import Generator, RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.request import request_key
from ownvoice.triples.request import request_body

KEYS = [f"{number:016x}" for number in range(6000)]
NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)


def mix(**weights: float) -> GenerationRecipe:
    return GenerationRecipe(generators=tuple(Generator(model=name, weight=weight) for name, weight in weights.items()))


def models(recipe: GenerationRecipe) -> list[str]:
    return [recipe.generator_of(key).model for key in KEYS]


def test_weights_are_shares_of_the_chunks():
    counts = Counter(models(mix(large=1, small=3)))
    spread = math.sqrt(0.25 * 0.75 / len(KEYS))
    assert counts["small"] / len(KEYS) == pytest.approx(0.75, abs=4 * spread)


def test_an_added_generator_moves_its_share_and_nothing_else():
    before, after = models(mix(a=1, b=2)), models(mix(a=1, b=2, c=1))
    moved = {(old, new) for old, new in zip(before, after, strict=True) if old != new}
    assert {new for _, new in moved} == {"c"}


def test_a_generator_that_goes_leaves_its_chunks_to_the_others_and_no_other_chunk_moves():
    before, after = models(mix(a=1, b=2, c=3)), models(mix(a=1, b=2))
    assert all(new == old for old, new in zip(before, after, strict=True) if old != "c")


@given(NAMES, st.text())
def test_a_chunk_is_always_asked_of_the_same_model_in_whatever_order_they_are_named(names: list[str], key: str):
    one = GenerationRecipe(generators=tuple(Generator(model=name) for name in names))
    other = GenerationRecipe(generators=tuple(Generator(model=name, weight=2) for name in reversed(names)))
    assert one.generator_of(key).model == other.generator_of(key).model


def test_a_moved_endpoint_changes_neither_shares_nor_requests():
    here = GenerationRecipe(generators=(Generator(model="a"), Generator(model="b")))
    there = GenerationRecipe(generators=(Generator(model="a"), Generator(model="b", endpoint="llm_other")))
    assert models(here) == models(there)
    assert request_key(request_body(here, "A chunk.")) == request_key(request_body(there, "A chunk."))


def test_a_request_goes_to_the_generator_of_its_chunk():
    recipe = GenerationRecipe(generators=(Generator(model="warm", temperature=1.2), Generator(model="cold")))
    for text in ("One chunk.", "Another chunk.", "A third.", "A fourth."):
        generator, body = recipe.generator_of(chunk_key(text)), request_body(recipe, text)
        assert (body["model"], body["temperature"]) == (generator.model, generator.temperature)


def test_a_recipe_of_one_model_asks_as_ever_and_keeps_its_id():
    assert request_key(request_body(GenerationRecipe(), "A chunk.")) == (
        "74b4f6fac752c15a379b3cd02aecd90e324e226b30fceaf5232b1beb37ba9185"
    )
    assert GenerationRecipe().recipe_id == "489d6c419d0c"


def test_several_models_make_another_recipe():
    assert len({recipe.recipe_id for recipe in (GenerationRecipe(), mix(a=1), mix(a=2), mix(a=1, b=1))}) == 4


@pytest.mark.parametrize(
    ("generators", "sentence"),
    [
        ("[]", "at least one model"),
        ('[{"model": "a"}, {"model": "a", "weight": 2}]', "each model and temperature once"),
        ('[{"model": "a", "weight": 0}]', "greater than 0"),
        ('[{"model": "a", "api_key": "sk-1"}]', "Extra inputs"),
        ('[{"model": "a", "endpoint": "aws_lake"}]', "should match pattern"),
        ("[{", "Expecting"),
    ],
)
def test_a_mix_that_cannot_be_meant_is_refused(generators: str, sentence: str):
    with pytest.raises(ValidationError, match=sentence):
        GenerationRecipe.model_validate({"generators": generators})


def test_an_empty_text_names_no_models():
    assert GenerationRecipe.model_validate({"generators": "", "rejected_by": " "}) == GenerationRecipe()


@pytest.mark.parametrize(
    "fields",
    [
        {"rejected_draws": 1},
        {"rejected_draws": "1"},
        {"rejected_draws": "", "rejected_length": "", "rejected_cut": ""},
    ],
)
def test_one_draw_told_nothing_is_the_recipe_as_ever(fields: dict[str, Any]):
    assert GenerationRecipe.model_validate(fields).recipe_id == GenerationRecipe().recipe_id


@pytest.mark.parametrize("model", ["run:train_dpo/manual__1", "run:newest", "lake:models/base", "hub:owner/name@main"])
def test_a_second_model_of_the_lake_or_the_hub_is_asked_at_no_endpoint(model: str):
    recipe = GenerationRecipe(rejected_by=RejectedBy(model=model, prompt_template="chat"))
    assert recipe.models == ("gpt-4o-mini",)
    assert recipe.endpoints == ("llm_api",)


@pytest.mark.parametrize("model", ["llama3:8b", "hf.co/owner/name:Q4_K_M", "newest"])
def test_a_name_with_a_colon_may_be_that_of_an_endpoint(model: str):
    assert GenerationRecipe(rejected_by=RejectedBy(model=model)).models[-1] == model


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"rejected_draws": 4}, "rejected_draws need rejected_by"),
        ({"rejected_length": "told", "rejected_cut": "sentence"}, "rejected_length and rejected_cut need rejected_by"),
        ({"rejected_by": {"model": "m", "temperature": 0}, "rejected_draws": 4}, "temperature above 0"),
        ({"rejected_by": {"model": "m"}, "rejected_draws": 17}, "less than or equal to 16"),
        ({"rejected_by": {"model": "m", "prompt_template": "chat"}}, "an endpoint forms its own prompts"),
        ({"rejected_by": {"model": "run:newest", "endpoint": "llm_sft"}}, "leave endpoint out"),
        ({"rejected_by": {"model": "run:newest", "reasoning_effort": "low"}}, "no reasoning_effort"),
        ({"rejected_by": {"model": "run:newest", "temperature": None}}, "needs a temperature"),
    ],
)
def test_what_a_second_model_cannot_be_told_is_refused(fields: dict[str, Any], sentence: str):
    with pytest.raises(ValidationError, match=sentence):
        GenerationRecipe.model_validate(fields)
