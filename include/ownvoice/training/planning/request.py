"""The request for a training run: a dataset version, a recipe, and the variants of it to compare. Pure.

A variant is a name and the recipe fields that it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ownvoice.config.problems import problems_in
from ownvoice.errors import SettingsError
from ownvoice.training.recipe import LOSS_FIELDS, TrainingRecipe
from ownvoice.training.recipe_checks import problems_of

VARIED = ("lora_rank", "lora_alpha", *LOSS_FIELDS, "learning_rate", "epochs")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class TrainingRequest(BaseModel):
    """The request for one run. The trigger form of the training DAG is made from these fields and the recipe's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: TrainingRecipe
    dataset_version: int | None = Field(None, ge=0, description="Version of the preference dataset; empty: the newest.")
    variants: dict[str, dict[str, Any]] = Field(
        {},
        description="Recipes to compare, one trained after the other, as JSON: a name, and what it changes of "
        f'{", ".join(VARIED[:-1])} or {VARIED[-1]}: {{"soft": {{"beta": 0.1}}, "chapter": {{}}}}. '
        "Empty: this recipe alone.",
    )
    publish_variant: str | None = Field(
        None,
        description="Name of the variant to publish; empty: the best of those that are healthy. Of a learning curve "
        "nothing is published unless one is named, as all-seed0.",
    )
    learning_curve: bool = Field(
        False,
        description="Train on parts of the version that double, up to all of it, and report what more pairs would "
        "bring: up to five sizes by each seed, which cost about six times one training.",
    )
    curve_seeds: int = Field(
        3,
        ge=2,
        le=10,
        description="Trainings of each size of a learning curve, each with articles and a seed of its own: more of "
        "them narrow its intervals.",
    )

    @field_validator("variants", mode="before")
    @classmethod
    def _emptied_is_empty(cls, value: Any) -> Any:
        return value or {}


def recipes_of(request: TrainingRequest, train_pairs: int, gpu_count: int = 1) -> dict[str, TrainingRecipe]:
    """Return the recipe of each variant by name; a recipe without variants has the empty name.

    Raises `SettingsError` that names every problem of every recipe on a version with so many train pairs, and on a
    machine with so many GPUs.
    """
    recipes, problems = _made(request)
    for name, recipe in recipes.items():
        problems += [_of(name, problem) for problem in problems_of(recipe, train_pairs, gpu_count=gpu_count)]
    problems += _twins(recipes)
    if request.publish_variant and request.publish_variant not in request.variants:
        problems.append(f"publish_variant is {request.publish_variant!r}, and no variant has that name")
    if problems:
        raise SettingsError("; ".join(problems) + ". Correct the recipe, or train on a larger version.")
    return recipes


def parse_variants(given: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Parse the variants of a command line, each `name:field=value,field=value`; `name:` changes nothing.

    Raises `SettingsError` that names each one in another form, and each name that is given twice.
    """
    variants: dict[str, dict[str, Any]] = {}
    wrong = []
    for text in given:
        name, colon, fields = text.partition(":")
        pairs = [one.partition("=") for one in fields.split(",") if one]
        if not colon or name in variants or not all(equals for _, equals, _ in pairs):
            wrong.append(repr(text))
        variants[name] = {key: value for key, _, value in pairs}
    if wrong:
        raise SettingsError(f"{', '.join(wrong)}: write each variant once, as name:field=value,field=value.")
    return variants


def _made(request: TrainingRequest) -> tuple[dict[str, TrainingRecipe], list[str]]:
    """Return the valid recipes by variant name, and the problems of the others."""
    if not request.variants:
        return {"": request.recipe}, []
    recipes: dict[str, TrainingRecipe] = {}
    problems: list[str] = []
    for name, changed in request.variants.items():
        wrong = list(_misnamed(name, changed))
        try:
            recipes[name] = TrainingRecipe.model_validate(request.recipe.model_dump() | changed)
        except ValidationError as error:
            wrong += [] if wrong else problems_in(error)
        problems += [_of(name, one) for one in wrong]
    return recipes, problems


def _misnamed(name: str, changed: Mapping[str, Any]) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield "name it with up to 32 of a-z, 0-9, - and _"
    for key in sorted(changed.keys() - set(VARIED)):
        yield f"{key} is not what variants may differ in; that is {', '.join(VARIED)}"


def _twins(recipes: Mapping[str, TrainingRecipe]) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, recipe in recipes.items():
        if (twin := first.setdefault(recipe.recipe_id, name)) != name:
            yield _of(name, f"it is the same recipe as {twin}, and would be paid for twice")


def _of(name: str, problem: str) -> str:
    return f"variant {name}: {problem}" if name else problem
