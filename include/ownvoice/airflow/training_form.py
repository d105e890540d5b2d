"""The trigger form of the training, made from the fields of the training recipe, in four sections."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param
from pydantic import BaseModel, ValidationError

from ownvoice.airflow.refresh_form import field_param
from ownvoice.config.settings import settings_error
from ownvoice.errors import SettingsError
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe

_SECTIONS = {
    "Data": ("dataset_version", "prompt_template", "max_length", "max_seq_length"),
    "Model": (
        "backend",
        "base_model",
        "base_revision",
        "load_in_4bit",
        "lora_rank",
        "lora_alpha",
        "lora_dropout",
        "target_modules",
        "merge_dtype",
    ),
    "DPO": ("variants",),
    "Publish": ("publish_variant", "hub_repository", "tracker", "sample_tokens"),
}
_SECTION_OF = {name: section for section, names in _SECTIONS.items() for name in names}


def training_form(recipe: TrainingRecipe) -> dict[str, Param]:
    """Return the params of the training: what is asked for, and the recipe with its present values filled in."""
    request = TrainingRequest(recipe=recipe).model_dump(mode="json", exclude={"recipe"})
    fields: dict[str, tuple[type[BaseModel], Any]] = {name: (TrainingRequest, value) for name, value in request.items()}
    fields |= {name: (TrainingRecipe, value) for name, value in recipe.model_dump(mode="json").items()}
    order = list(_SECTIONS)
    names = sorted(fields, key=lambda name: order.index(_section(name)))  # stable: the request's own come first
    return {name: field_param(fields[name][0], name, fields[name][1], _section(name)) for name in names}


def read_training_form(params: dict[str, Any]) -> TrainingRequest:
    """Return what the form asks for.

    Raises `SettingsError` for names that the form does not have and for values that do not fit together.
    """
    asked = TrainingRequest.model_fields.keys() - {"recipe"}
    names = {*asked, *TrainingRecipe.model_fields}
    if unknown := sorted(set(params) - names):
        raise SettingsError(f"unknown parameters: {', '.join(unknown)}. Known are: {', '.join(sorted(names))}.")
    try:
        recipe = TrainingRecipe.model_validate({name: params[name] for name in TrainingRecipe.model_fields})
        return TrainingRequest.model_validate({"recipe": recipe, **{name: params[name] for name in asked}})
    except ValidationError as error:
        raise settings_error(error) from None


def _section(name: str) -> str:
    return _SECTION_OF.get(name, "DPO")
