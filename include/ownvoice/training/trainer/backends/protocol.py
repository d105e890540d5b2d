"""The interface of a training backend."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ownvoice.training.recipe import TrainingRecipe


class Loaded(NamedTuple):
    """A fresh base with its tokenizer; `lora` is the adapter still to be put on it, or None where it is on already."""

    model: Any
    tokenizer: Any
    lora: Any | None


class Backend(Protocol):
    """One way to train: Unsloth, or plain TRL with PEFT."""

    def prepare(self, recipe: TrainingRecipe, scratch: Path) -> None:
        """Import what must be imported first. Raises `NoGpuError` where the recipe cannot run on this machine."""

    def load(self, folder: Path, recipe: TrainingRecipe) -> Loaded:
        """Load the base from `folder` and make a fresh LoRA for it."""

    def for_inference(self, model: Any) -> None:
        """Make the trained model ready to answer."""
