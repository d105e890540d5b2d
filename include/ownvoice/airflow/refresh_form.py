"""The trigger form of the refresh, made from the fields of the recipe and of the run."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param
from pydantic import BaseModel, ValidationError

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import FORM_FIELDS, RefreshRun
from ownvoice.config.settings import Settings, settings_error
from ownvoice.errors import SettingsError

_SECTIONS = {"generators": "Several models", "rejected_by": "Several models"}

_KEPT = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("enum", "minLength", "minItems", "items", "additionalProperties"),
)


def refresh_form(settings: Settings) -> dict[str, Param]:
    """Return the params of the refresh: what tonight's run does, then the recipe, as the settings have them.

    A budget of the settings holds where the form names none.
    """
    defaults = {name: RefreshRun.model_fields[name].default for name in FORM_FIELDS} | {"mode": settings.mode}
    run = {name: field_param(RefreshRun, name, defaults[name], "This run") for name in FORM_FIELDS}
    values = settings.recipe.model_dump(mode="json")
    return run | {
        name: field_param(GenerationRecipe, name, values[name], _SECTIONS.get(name, "Generation recipe"))
        for name in values
    }


def read_form(params: dict[str, Any]) -> tuple[dict[str, Any], GenerationRecipe]:
    """Split what the form sends into fields of the run and the recipe.

    Raises `SettingsError` for a name that the form does not have, since Airflow itself lets unknown names pass, and
    for values that are each in range and do not fit together.
    """
    names = {*FORM_FIELDS, *GenerationRecipe.model_fields}
    unknown = sorted(set(params) - names)
    if unknown:
        raise SettingsError(f"unknown parameters: {', '.join(unknown)}. Known are: {', '.join(sorted(names))}.")
    run = {name: params[name] for name in FORM_FIELDS}
    try:
        return run, GenerationRecipe(**{name: params[name] for name in GenerationRecipe.model_fields})
    except ValidationError as error:
        raise settings_error(error) from None


def field_param(model: type[BaseModel], name: str, default: Any, section: str) -> Param:
    """Return one field of `model` as a field of a form, with its title, range and description."""
    schema = model.model_json_schema()["properties"][name]
    options = schema.get("anyOf", [schema])
    types = [option.get("type", "object") for option in options]  # a model within is a reference
    if schema.get("default") in ("", {}):
        types.append("null")  # which the form sends for what was emptied again
    kept = {key: options[0][key] for key in _KEPT if key in options[0]}
    if "$ref" in kept.get("items", {}):
        kept["items"] = {"type": "object"}
    return Param(
        default,
        type=types if len(types) > 1 else types[0],
        title=name.replace("_", " ").capitalize(),
        description_md=schema["description"],
        section=section,
        **kept,
    )
