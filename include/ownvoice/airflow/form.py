"""The trigger form of the refresh, made from the fields of the recipe and of the run."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ownvoice.errors import SettingsError
from ownvoice.recipe import GenerationRecipe
from ownvoice.run import RefreshRun

RUN_FIELDS = ("dry_run", "prefix", "limit_articles", "reconcile")


def refresh_form(recipe: GenerationRecipe) -> dict[str, Param]:
    """Return the params of the refresh: what tonight's run does, then the recipe, with its present values filled in."""
    run = {name: _param(RefreshRun, name, RefreshRun.model_fields[name].default, "This run") for name in RUN_FIELDS}
    values = recipe.model_dump()
    return run | {name: _param(GenerationRecipe, name, values[name], "Generation recipe") for name in values}


def read_form(params: dict[str, Any]) -> tuple[dict[str, Any], GenerationRecipe]:
    """Split what the form sends into fields of the run and the recipe.

    Raises `SettingsError` for a name that the form does not have: Airflow itself lets unknown names pass.
    """
    names = {*RUN_FIELDS, *GenerationRecipe.model_fields}
    unknown = sorted(set(params) - names)
    if unknown:
        raise SettingsError(f"unknown parameters: {', '.join(unknown)}. Known are: {', '.join(sorted(names))}.")
    run = {name: params[name] for name in RUN_FIELDS}
    return run, GenerationRecipe(**{name: params[name] for name in GenerationRecipe.model_fields})


def _param(model: type[BaseModel], name: str, default: Any, section: str) -> Param:
    schema = model.model_json_schema()["properties"][name]
    options = [option["type"] for option in schema.get("anyOf", [])]
    bounds = {**schema, **(schema["anyOf"][0] if options else {})}
    kept = {key: bounds[key] for key in ("minimum", "maximum", "enum", "minLength") if key in bounds}
    return Param(
        default,
        type=options or schema["type"],
        title=name.replace("_", " ").capitalize(),
        description_md=_description(model.model_fields[name]),
        section=section,
        **kept,
    )


def _description(field: FieldInfo) -> str:
    return field.description or ""
