"""Taking the trainer off the Hub: all that a training needs of it is its base."""

from __future__ import annotations

import os

from ownvoice.training.recipe import TrainingRecipe

_HUB_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")


def go_offline(recipe: TrainingRecipe) -> dict[str, str]:
    """Keep this process and its children from the Hub; return the environment as it was, to fetch the base with.

    For libraries that are imported later: they read `HF_HUB_OFFLINE` once. The keys that the training has no use for
    leave the environment: those of the Hub, and Comet's where the recipe names another tracker.
    """
    online = dict(os.environ)
    os.environ["HF_HUB_OFFLINE"] = "1"
    unused = _HUB_TOKENS if recipe.tracker == "comet_ml" else (*_HUB_TOKENS, "COMET_API_KEY")
    for name in unused:
        os.environ.pop(name, None)
    return online
