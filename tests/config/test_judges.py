from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from ownvoice.config.judges import Judge, Panel
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError

FIRST = {"name": "first", "model": "gpt-5-mini", "family": "gpt"}


def judge(**fields: object) -> Judge:
    return Judge.model_validate(FIRST | fields)


def panel(*judges: dict[str, object]) -> tuple[Judge, ...]:
    return TypeAdapter(Panel).validate_python([FIRST | fields for fields in judges])


def test_the_id_of_a_judge_is_recorded_so_that_no_release_changes_it_silently() -> None:
    assert judge().judge_id == "89463c259caf"


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "gpt-5"},
        {"prompt": "pairwise_truth"},
        {"temperature": None},
        {"temperature": 0.5},
        {"reasoning_effort": "low"},
        {"max_output_tokens": 512},
        {"revision": "2026-11"},
    ],
)
def test_whatever_decides_its_requests_makes_another_judge(changed: dict[str, object]) -> None:
    assert judge(**changed).judge_id != judge().judge_id


@pytest.mark.parametrize("changed", [{"name": "second"}, {"endpoint": "llm_other"}, {"family": "openai"}])
def test_a_name_a_family_and_an_address_leave_the_judge_what_it_is(changed: dict[str, object]) -> None:
    assert judge(**changed).judge_id == judge().judge_id


@pytest.mark.parametrize("model", ["run:newest", "lake:runs/1/merged", "hub:owner/name@main"])
def test_a_model_that_only_the_trainer_can_load_is_no_judge(model: str) -> None:
    with pytest.raises(ValidationError, match="a judge is asked at an endpoint"):
        judge(model=model)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"model": "llama-4", "family": "llama"}, "several judges are called first"),
        ({"name": "second"}, "the judges first, second are one and the same"),
        ({"name": "second", "prompt": "absolute", "family": "other"}, "gpt-5-mini is given several families"),
    ],
)
def test_a_panel_counts_no_opinion_twice(second: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        panel({}, second)


def test_a_panel_may_ask_one_model_two_questions() -> None:
    assert [one.prompt for one in panel({}, {"name": "voice", "prompt": "voice"})] == ["pairwise", "voice"]


def test_an_installation_without_judges_has_none() -> None:
    assert load_settings().judges == ()


def test_the_panel_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNVOICE_JUDGES", '[{"name": "first", "model": "gpt-5-mini", "family": "gpt"}]')
    assert load_settings().judges == (judge(),)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ('[{"name": "first", "model": "gpt-5-mini"}]', "OWNVOICE_JUDGES__0__FAMILY"),
        ('[{"name": "F 1", "model": "m", "family": "gpt", "prompt": "best"}]', "OWNVOICE_JUDGES__0__PROMPT"),
        ("[{", "no JSON"),
    ],
)
def test_a_judge_that_cannot_be_read_is_named_with_its_field(
    value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNVOICE_JUDGES", value)
    with pytest.raises(SettingsError, match=words):
        load_settings()


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
        ({"quality_at_least": 3}, "quality_at_least needs two judges with the prompt absolute, of two families"),
        ({"quality_at_least": 3, "judged_by": [ABSOLUTE[0], judge("c", "gpt")]}, "of two families"),
        ({"quality_at_least": 3, "judged_by": [ABSOLUTE[0], judge("b", "llama", "pairwise")]}, "prompt absolute"),
        ({"quality_at_least": 6, "judged_by": ABSOLUTE}, "less than or equal to 5"),
        ({"rejected_rank": "quality", "judged_by": ABSOLUTE}, "rejected_rank needs rejected_draws above 1"),
        ({"judged_by": [judge("a", "gpt", "pairwise_truth")]}, "a night has no ground truth"),
        ({"judged_by": [judge("a", "gpt"), judge("a", "llama")]}, "several judges are called a"),
    ],
)
def test_judges_that_could_not_do_what_the_recipe_wants_of_them_are_refused_when_it_is_read(fields, said):
    with pytest.raises(ValidationError, match=said):
        GenerationRecipe(**fields)


def test_draws_are_ranked_by_two_judges_of_one_form_and_two_families():
    drawn = {"rejected_by": {"model": "second"}, "rejected_draws": 3, "rejected_rank": "quality"}
    voices = [judge("a", "gpt", "voice"), judge("b", "llama", "voice")]
    for panel in (voices, [judge("a", "gpt", "pairwise"), judge("b", "llama")]):
        with pytest.raises(ValidationError, match="rejected_rank needs two judges with the same form of prompt"):
            GenerationRecipe(**drawn, judged_by=panel)
    for panel in (ABSOLUTE, [judge("a", "gpt", "pairwise"), judge("b", "llama", "pairwise_notes")]):
        assert GenerationRecipe(**drawn, judged_by=panel).rejected_rank == "quality"


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
    price = {"gpt-4o-mini": ModelPrice(input=1, output=1)}
    with pytest.raises(ValidationError, match="max_cost_usd needs the price of 'model-of-a', 'model-of-b'"):
        RefreshRun(**fields, recipe=GenerationRecipe(judged_by=ABSOLUTE), prices=price, max_cost_usd=1)
