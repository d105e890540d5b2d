"""The engine by what is installed: vLLM on a GPU where it is, else transformers."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from ownvoice.training.trainer.answering.engine import Engine
from ownvoice.training.trainer.answering.prepare import Model


def open_engine(model: Model, say: Callable[[str], None]) -> Engine:
    """Load a model. Raises what its library raises where the files are not whole, or the device is full."""
    import torch

    if torch.cuda.is_available() and find_spec("vllm"):
        from ownvoice.training.trainer.answering.vllm_engine import VllmEngine

        return VllmEngine(model)
    from ownvoice.training.trainer.answering.transformers_engine import TransformersEngine

    return TransformersEngine(model, say)
