"""The trigger form of the refresh: what it offers, what it refuses, and what it starts from."""

from __future__ import annotations

import copy

import pytest
from annotated_types import Ge, Le

from ownvoice.airflow.refresh_form import read_form
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import FORM_FIELDS, RefreshRun
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from stand_ins.places import REPOSITORY

FIELDS = {name: RefreshRun.model_fields[name] for name in FORM_FIELDS} | GenerationRecipe.model_fields
BOUNDS = [(name, bound) for name, field in FIELDS.items() for bound in field.metadata if isinstance(bound, Ge | Le)]
NESTED = ("recipe", "source")  # settings whose own fields have a name each


@pytest.fixture
def form(dags):
    """The params of the DAG, as a trigger fills them in."""
    return copy.deepcopy(dags["refresh_preferences"].params)


def refresh_read_again():
    """Read the DAG file again; a DAG object keeps what was sent to it, and other tests must not meet that."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(REPOSITORY / "dags" / "refresh_preferences.py"))
    assert bag.import_errors == {}
    return bag.dags["refresh_preferences"]


def test_the_form_has_every_field_of_the_recipe_and_the_fields_of_the_run(form):
    run = {
        "dry_run",
        "prefix",
        "limit_articles",
        "mode",
        "retry",
        "retry_article",
        "retry_error",
        "reconcile",
        "max_tokens",
        "max_cost_usd",
    }
    assert set(form) == {*run, *GenerationRecipe.model_fields}


def test_every_field_of_the_form_says_what_it_means(form):
    for name, field in FIELDS.items():
        assert field.description
        assert form.get_param(name).schema["description_md"] == field.description


@pytest.mark.parametrize(("name", "bound"), BOUNDS)
def test_a_bound_of_a_field_is_the_forms_bound(form, name, bound):
    from airflow.sdk.exceptions import ParamValidationError

    at, beyond = (bound.ge, bound.ge - 1) if isinstance(bound, Ge) else (bound.le, bound.le + 1)
    form[name] = at
    with pytest.raises(ParamValidationError, match=f"Invalid input for param {name}: {beyond} is "):
        form[name] = beyond


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cleaning", "none"),
        ("response_format", "xml"),
        ("model", ""),
        ("dry_run", "maybe"),
        ("temperature", "warm"),
        ("max_output_tokens", 1000.5),
        ("prefix", 5),
        ("mode", "overnight"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_airflow(form, name, value):
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError, match=f"Invalid input for param {name}"):
        form[name] = value


@pytest.mark.parametrize("name", ["prefix", "limit_articles"])
def test_a_field_that_was_emptied_again_is_as_good_as_untouched(form, name):
    form[name] = None  # what the form sends for it
    run, recipe = read_form(dict(form))
    assert run[name] is None
    assert recipe == load_settings().recipe


def test_values_that_do_not_fit_together_are_refused_as_a_setting_is(form):
    form["max_chunk_chars"] = form["min_chunk_chars"] + 1
    with pytest.raises(SettingsError, match="max_chunk_chars must be at least twice min_chunk_chars"):
        read_form(dict(form))


def test_an_unknown_name_in_the_conf_fails_the_first_task_with_one_sentence(dags, capfd):
    run = refresh_read_again().test(run_conf={"dry_runn": True})
    assert run.state == "failed"
    task = run.get_task_instance("list_new_articles")
    assert (task.state, task.try_number) == ("failed", 1)
    log = "".join(capfd.readouterr())
    assert "unknown parameters: dry_runn. Known are: augment, back_references, balance, cleaning, dry_run," in log


def test_the_settings_of_the_environment_are_the_forms_defaults(dags, monkeypatch):
    monkeypatch.setenv("OWNVOICE_MODE", "batch")
    monkeypatch.setenv("OWNVOICE_RECIPE__TEMPERATURE", "0.2")
    monkeypatch.setenv("OWNVOICE_RECIPE__MIN_CHOSEN_CHARS", "40")
    params = refresh_read_again().params
    assert params["mode"] == "batch"
    assert params["temperature"] == 0.2
    assert params["min_chosen_chars"] == 40
    assert params["max_output_tokens"] == GenerationRecipe().max_output_tokens
