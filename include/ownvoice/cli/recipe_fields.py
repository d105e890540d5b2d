"""Recipe fields given on the command line as name=value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ownvoice.config.problems import settings_error
from ownvoice.errors import SettingsError

Recipe = TypeVar("Recipe", bound=BaseModel)


def with_fields(recipe: Recipe, fields: Iterable[str]) -> Recipe:
    """Return `recipe` with the fields that are given as name=value. Raises `SettingsError` that names every problem."""
    values = recipe.model_dump()
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals:
            raise SettingsError(f"--recipe {field!r} is no name=value pair.")
        values[name] = value
    try:
        return type(recipe).model_validate(values)
    except ValidationError as error:
        raise settings_error(error) from None
