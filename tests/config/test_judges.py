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
