"""Recipes that name judges for their nights."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from pydantic import ValidationError

from ownvoice.config.prices import ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.config.ways import model_way, request_way


def judge(name, family, prompt="absolute", **fields):
    return {"name": name, "model": f"model-of-{name}", "family": family, "prompt": prompt, **fields}


ABSOLUTE = [judge("a", "gpt"), judge("b", "llama")]


def test_a_recipe_without_judges_has_the_id_that_it_had_before_there_were_any():
    for emptied in ({"judged_by": []}, {"judged_by": ""}, {"quality_at_least": ""}, {"rejected_rank": ""}):
        assert GenerationRecipe(**emptied).recipe_id == GenerationRecipe().recipe_id
    assert GenerationRecipe(judged_by=ABSOLUTE).recipe_id != GenerationRecipe().recipe_id


def test_a_form_or_a_variable_gives_the_judges_of_a_recipe_as_json():
    assert [one.name for one in GenerationRecipe(judged_by=json.dumps(ABSOLUTE)).judges] == ["a", "b"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"quality_at_least": 3},
            "quality_at_least need ratings of a jury",
        ),
        ({"quality_at_least": 3, "judged_by": [ABSOLUTE[0], judge("c", "gpt")]}, "of two families"),
        ({"quality_at_least": 3, "judged_by": [ABSOLUTE[0], judge("b", "llama", "pairwise")]}, "prompt absolute"),
        ({"quality_at_least": 6, "judged_by": ABSOLUTE}, "less than or equal to 5"),
        ({"rejected_rank": "quality", "judged_by": ABSOLUTE}, "rejected_rank needs rejected_draws above 1"),
        ({"judged_by": [judge("a", "gpt", "pairwise_truth")]}, "a night has neither a ground truth"),
        ({"judged_by": [judge("a", "gpt"), judge("a", "llama")]}, "several judges are called a"),
    ],
)
def test_judges_that_could_not_do_what_the_recipe_wants_of_them_are_refused_when_it_is_read(fields, said):
    with pytest.raises(ValidationError, match=said):
        GenerationRecipe(**fields)


def test_draws_are_ranked_by_two_judges_that_rate_of_two_families():
    drawn = {"rejected_by": {"model": "second"}, "rejected_draws": 3, "rejected_rank": "quality"}
    for panel in (ABSOLUTE[:1], [judge("a", "gpt", "pairwise"), judge("b", "llama")]):
        with pytest.raises(ValidationError, match="rejected_rank need ratings of a jury"):
            GenerationRecipe(**drawn, judged_by=panel)
    assert GenerationRecipe(**drawn, judged_by=ABSOLUTE).rejected_rank == "quality"


def test_what_a_refused_chunk_was_asked_does_not_depend_on_who_judges():
    fields = {"run_id": "monday", "refresh_date": dt.date(2026, 2, 1), "articles_uri": "file:///articles"}
    judges = [judge("a", "gpt", endpoint="llm_judges"), judge("b", "llama")]
    plain = RefreshRun(**fields, addresses={"llm_api": "https://one"})
    judged = RefreshRun(
        **fields,
        recipe=GenerationRecipe(judged_by=judges, quality_at_least=3),
        addresses={"llm_api": "https://one", "llm_judges": "https://two"},
    )
    assert (request_way(plain), model_way(plain)) == (request_way(judged), model_way(judged))


def test_a_budget_in_dollars_needs_the_prices_of_judges_too():
    fields = {"run_id": "monday", "refresh_date": dt.date(2026, 2, 1), "articles_uri": "file:///articles"}
    price = {
        "gpt-4o-mini": ModelPrice(
            input_usd_per_million_tokens=1,
            output_usd_per_million_tokens=1,
            source="invented",
            seen_on=dt.date(2026, 1, 1),
        )
    }
    with pytest.raises(ValidationError, match="max_cost_usd needs the price of 'model-of-a', 'model-of-b'"):
        RefreshRun(**fields, recipe=GenerationRecipe(judged_by=ABSOLUTE), prices=price, max_cost_usd=1)
