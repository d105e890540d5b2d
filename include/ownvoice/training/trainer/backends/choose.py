"""Choosing the backend that a recipe names."""

from __future__ import annotations

from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.backends.protocol import Backend


def backend_of(recipe: TrainingRecipe) -> Backend:
    """Return the backend that the recipe names."""
    if recipe.backend == "unsloth":
        from ownvoice.training.trainer.backends import unsloth as unsloth_backend

        return unsloth_backend
    from ownvoice.training.trainer.backends import trl as trl_backend

    return trl_backend
