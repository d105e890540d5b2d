"""Experiment trackers beside `metrics.jsonl`. An error in a tracker never stops the training."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ownvoice.training.recipe import TrainingRecipe

Say = Callable[[str], None]


def tracker_callbacks(recipe: TrainingRecipe, scratch: Path, say: Say) -> list[Any]:
    """Return the recipe's tracker as a callback that cannot fail the run; none if it cannot start."""
    if recipe.tracker == "none":
        return []
    try:
        return [_harmless(_start(recipe.tracker, scratch), recipe.tracker, say)]
    except Exception as error:
        say(f"tracker {recipe.tracker} could not start and is left out: {error}")
        return []


def _start(tracker: str, scratch: Path) -> Any:
    from transformers.integrations import CometCallback, TensorBoardCallback

    if tracker == "tensorboard":
        os.environ["TENSORBOARD_LOGGING_DIR"] = str(scratch / "tensorboard")
        return TensorBoardCallback()
    if not os.environ.get("COMET_API_KEY"):
        raise ValueError("COMET_API_KEY is not set")
    return CometCallback()


def _harmless(callback: Any, tracker: str, say: Say) -> Any:
    """Wrap every event of `callback`, so that an error in it is logged and not raised."""
    from transformers import TrainerCallback

    def guarded(event: Callable[..., Any]) -> Any:
        def run(*args: Any, **kwargs: Any) -> None:
            try:
                event(*args, **kwargs)
            except Exception as error:
                say(f"tracker {tracker}: {error}")

        return staticmethod(run)

    events = {name: guarded(getattr(callback, name)) for name in dir(TrainerCallback) if name.startswith("on_")}
    return type("HarmlessCallback", (TrainerCallback,), events)()
