"""Plain TRL: where it may train on a CPU."""

from __future__ import annotations

import pytest

from ownvoice.errors import NoGpuError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.backends import trl


def test_a_machine_that_is_paid_for_its_gpu_does_not_train_on_its_cpus(monkeypatch, tmp_path):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    recipe = TrainingRecipe(backend="trl")
    monkeypatch.setenv("UNSLOTH_DISABLE_CPU_FALLBACK", "1")
    with pytest.raises(NoGpuError, match="shows no GPU"):
        trl.prepare(recipe, tmp_path)
    monkeypatch.setenv("UNSLOTH_DISABLE_CPU_FALLBACK", "0")
    trl.prepare(recipe, tmp_path)
    monkeypatch.delenv("UNSLOTH_DISABLE_CPU_FALLBACK")
    trl.prepare(recipe, tmp_path)
