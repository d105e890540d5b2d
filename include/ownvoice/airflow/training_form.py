"""The trigger form of the training: its params in four sections, and the request that a filled-in form makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import Param
from pydantic import BaseModel, ValidationError

from ownvoice.airflow.params import field_param, refuse_unknown
from ownvoice.config.problems import settings_error
from ownvoice.training.planning.request import TrainingRequest
from ownvoice.training.recipe import TrainingRecipe

_SECTIONS = {
    "Data": (
        *("dataset_version", "mixture", "subset_pairs", "learning_curve", "curve_seeds"),
        "prompt_template",
        "max_length",
        "max_seq_length",
    ),
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
    "Publish": ("publish_variant", "hub_repository", "promote", "tracker", "sample_tokens"),
}
_SECTION_OF = {name: section for section, names in _SECTIONS.items() for name in names}


def training_form(recipe: TrainingRecipe) -> dict[str, Param]:
    """Return the params of the training by name: the fields of a request, and those of the recipe with its values."""
    request = TrainingRequest(recipe=recipe).model_dump(mode="json", exclude={"recipe"})
    fields: dict[str, tuple[type[BaseModel], Any]] = {name: (TrainingRequest, value) for name, value in request.items()}
    fields |= {name: (TrainingRecipe, value) for name, value in recipe.model_dump(mode="json").items()}
    order = list(_SECTIONS)
    names = sorted(fields, key=lambda name: order.index(_section(name)))  # stable: fields of the request come first
    return {name: field_param(fields[name][0], name, fields[name][1], _section(name)) for name in names}


def read_training_form(params: Mapping[str, Any]) -> TrainingRequest:
    """Return what a form asks for. Raises `SettingsError` for unknown names and for values that do not fit together."""
    asked = TrainingRequest.model_fields.keys() - {"recipe"}
    refuse_unknown(params, {*asked, *TrainingRecipe.model_fields})
    try:
        recipe = TrainingRecipe.model_validate({name: params[name] for name in TrainingRecipe.model_fields})
        return TrainingRequest.model_validate(
            {"recipe": recipe, **{name: params[name] for name in asked & params.keys()}}
        )
    except ValidationError as error:
        raise settings_error(error) from None


def _section(name: str) -> str:
    return _SECTION_OF.get(name, "DPO")
