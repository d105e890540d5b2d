"""The engine by what is installed."""

from __future__ import annotations

from collections.abc import Callable

from ownvoice.training.trainer.answering.engine import Engine
from ownvoice.training.trainer.answering.prepare import Model


def open_engine(model: Model, say: Callable[[str], None]) -> Engine:
    """Load a model. Raises what its library raises where the files are not whole, or the device is full."""
    from ownvoice.training.trainer.answering.transformers_engine import TransformersEngine

    return TransformersEngine(model, say)
