"""The trigger form of the training, made from the fields of the training recipe, in four sections."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param
from pydantic import ValidationError

from ownvoice.airflow.form import field_param
from ownvoice.errors import SettingsError
from ownvoice.settings import settings_error
from ownvoice.training.recipe import TrainingRecipe

_VERSION = "dataset_version"
_SECTIONS = {
    "Data": ("prompt_template", "max_length", "max_seq_length"),
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
    "Publish": ("hub_repository", "tracker", "sample_tokens"),
}
_SECTION_OF = {name: section for section, names in _SECTIONS.items() for name in names}


def training_form(recipe: TrainingRecipe) -> dict[str, Param]:
    """Return the params of the training: the dataset version, then the recipe with its present values filled in."""
    version = Param(
        None,
        type=["integer", "null"],
        minimum=0,
        title="Dataset version",
        description_md="Version of the preference dataset; empty: the newest.",
        section="Data",
    )
    values = recipe.model_dump(mode="json")
    order = ["Data", "Model", "DPO", "Publish"]
    names = sorted(values, key=lambda name: order.index(_section(name)))
    return {_VERSION: version} | {
        name: field_param(TrainingRecipe, name, values[name], _section(name)) for name in names
    }


def read_training_form(params: dict[str, Any]) -> tuple[int | None, TrainingRecipe]:
    """Return the dataset version (None: the newest) and the recipe that the form sends.

    Raises `SettingsError` for names that the form does not have and for values that do not fit together.
    """
    unknown = sorted(set(params) - {_VERSION, *TrainingRecipe.model_fields})
    if unknown:
        known = ", ".join(sorted(TrainingRecipe.model_fields))
        raise SettingsError(f"unknown parameters: {', '.join(unknown)}. Known are: {_VERSION}, {known}.")
    try:
        fields = {name: params[name] for name in TrainingRecipe.model_fields}
        return params[_VERSION], TrainingRecipe.model_validate(fields)
    except ValidationError as error:
        raise settings_error(error) from None


def _section(name: str) -> str:
    return _SECTION_OF.get(name, "DPO")
