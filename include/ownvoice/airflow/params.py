"""Fields of models as params of a DAG, which Airflow shows as its trigger form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airflow.sdk import Param
from pydantic import BaseModel

from ownvoice.errors import SettingsError

_SHARED_KEYWORDS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("enum", "minLength", "minItems", "items", "additionalProperties"),
)
"""What JSON Schema, by which Airflow checks a param, and pydantic's description of a field say alike."""


def field_param(model: type[BaseModel], name: str, default: Any, section: str) -> Param:
    """Return one field of `model` as a param with its title, range and description."""
    schema = model.model_json_schema()["properties"][name]
    options = schema.get("anyOf", [schema])
    types = [option.get("type", "object") for option in options]  # a reference to another model has no type
    if schema.get("default") in ("", {}):
        types.append("null")  # the form sends null for a field that was emptied
    keywords = {key: options[0][key] for key in _SHARED_KEYWORDS if key in options[0]}
    if "const" in options[0]:
        keywords["enum"] = [options[0]["const"]]
    if "enum" in keywords and "null" in types:
        keywords["enum"] = [*keywords["enum"], None]
    if "$ref" in keywords.get("items", {}):
        keywords["items"] = {"type": "object"}
    return Param(
        default,
        type=types if len(types) > 1 else types[0],
        title=name.replace("_", " ").capitalize(),
        description_md=schema["description"],
        section=section,
        **keywords,
    )


def refuse_unknown(params: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raise `SettingsError` for params that the form does not have: Airflow lets unknown names of a conf pass."""
    known = sorted(names)
    if unknown := sorted(params.keys() - set(known)):
        raise SettingsError(f"unknown parameters: {', '.join(unknown)}. Known are: {', '.join(known)}.")
