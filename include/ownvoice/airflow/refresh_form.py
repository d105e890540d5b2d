"""The trigger form of the refresh: its params, and the run that a filled-in form asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from airflow.sdk import Param
from pydantic import ValidationError

from ownvoice.airflow.params import field_param, refuse_unknown
from ownvoice.config.problems import settings_error
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import FORM_FIELDS, RefreshRun
from ownvoice.config.settings import Settings, load_settings, new_run
from ownvoice.errors import SettingsError

_SECTIONS = {"generators": "Several models", "rejected_by": "Several models"}
_TEXTS = ("prefix", "retry_article", "retry_error")


def refresh_form(settings: Settings) -> dict[str, Param]:
    """Return the params of the refresh by name: fields of the run, then of the recipe, as the settings have them.

    The budget has no default here: where the form leaves it empty, that of the settings holds.
    """
    defaults = {name: RefreshRun.model_fields[name].default for name in FORM_FIELDS} | {"mode": settings.mode}
    run = {name: field_param(RefreshRun, name, defaults[name], "This run") for name in FORM_FIELDS}
    values = settings.recipe.model_dump(mode="json")
    return run | {
        name: field_param(GenerationRecipe, name, values[name], _SECTIONS.get(name, "Generation recipe"))
        for name in values
    }


def requested_run(params: Mapping[str, Any], run_id: str, refresh_date: dt.date) -> RefreshRun:
    """Return the run that a form asks for. Raises `SettingsError` for a form or a setting that is wrong or missing."""
    fields, recipe = read_form(params)
    settings = load_settings(max_tokens=fields.pop("max_tokens"), max_cost_usd=fields.pop("max_cost_usd"))
    if settings.articles is None:
        raise SettingsError("OWNVOICE_ARTICLES is not set: name the articles, as s3://bucket/prefix or file:///folder.")
    texts = {name: fields[name] or "" for name in _TEXTS}  # the form sends null for a text that was emptied
    return new_run(
        settings,
        recipe,
        run_id=run_id,
        refresh_date=refresh_date,
        articles_uri=settings.articles,
        **fields | texts | {"prefix": texts["prefix"].strip("/")},
    )


def read_form(params: Mapping[str, Any]) -> tuple[dict[str, Any], GenerationRecipe]:
    """Return the fields of the run and the recipe that a form holds.

    Raises `SettingsError` for unknown names and for values that are in range each but do not fit together.
    """
    refuse_unknown(params, {*FORM_FIELDS, *GenerationRecipe.model_fields})
    run = {name: params[name] for name in FORM_FIELDS}
    try:
        return run, GenerationRecipe(**{name: params[name] for name in GenerationRecipe.model_fields})
    except ValidationError as error:
        raise settings_error(error) from None
