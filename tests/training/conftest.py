"""A toy base of a hundred thousand parameters, and a whole training run of it, made once and looked at by many."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ownvoice.storage.lake import Lake
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.run import TrainingRun, write_training_run
from ownvoice.training.trainer.folders import upload_folder
from stand_ins.deaf_proxy import DeafProxy, deaf_proxy
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.places import REPOSITORY, SAMPLES

# Ten steps of four pairs, an evaluation and a checkpoint after every second one.
RECIPE = {
    "backend": "trl",
    "base_model": "lake:models/toy",
    "learning_rate": 2e-3,
    "warmup_steps": 1,
    "batch_pairs": 2,
    "accumulation_steps": 2,
    "lora_rank": 4,
    "lora_alpha": 4,
    "max_length": 256,
    "sample_tokens": 8,
    "merge_dtype": "float32",
}


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a toy base that has read the sample articles for a second."""
    pytest.importorskip("torch")
    from ownvoice.training.trainer.tiny import ToyShape, make_toy

    folder = tmp_path_factory.mktemp("toy") / "model"
    shape = ToyShape(512, hidden=48, layers=2, context=256, reading_steps=10, instruction_steps=5, tokens=64)
    make_toy(SAMPLES, folder, shape)
    return folder


@dataclass(frozen=True)
class Trainer:
    """A lake with a dataset version and the toy in it, and the trainer's own command."""

    lake: Lake
    version: int

    def ask(self, run_id: str, version: int | None = None, gpu_count: int = 1, **recipe: Any) -> str:
        """Write a recipe for the lake's own version, or for another; return its URI."""
        fields = TrainingRecipe(**RECIPE | recipe)
        number = self.version if version is None else version
        run = TrainingRun(run_id=run_id, lake=self.lake.uri, dataset_version=number, recipe=fields, gpu_count=gpu_count)
        return write_training_run(self.lake, run)

    def start(self, uri: str, **variables: str) -> subprocess.Popen[str]:
        """Start the trainer in a process of its own, with these variables in its environment."""
        command = [sys.executable, "-m", "ownvoice.training", "--recipe", uri]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY / "include")} | variables
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def result(self, run_id: str) -> dict[str, Any]:
        """Read what the run left in the lake."""
        return self.lake.read_json(f"runs/{run_id}/result.json")

    def adapter(self, run_id: str) -> bytes:
        """Return the trained weights of a run."""
        return self.lake.store.read(f"runs/{run_id}/adapter/adapter_model.safetensors")


@pytest.fixture(scope="session")
def make_trainer(toy: Path) -> Callable[[Path], Trainer]:
    def make(folder: Path) -> Trainer:
        lake = Lake(folder.as_uri())
        upload_folder(lake.store, toy, "models/toy")
        return Trainer(lake, commit_pairs(lake, small_dataset()))

    return make


@pytest.fixture(scope="session")
def trainer(make_trainer, tmp_path_factory) -> Trainer:
    return make_trainer(tmp_path_factory.mktemp("trainer") / "lake")


@pytest.fixture(scope="session")
def firewall() -> Iterator[DeafProxy]:
    """A proxy that never answers. `CI` is emptied beside it: where it is set, some libraries do not call home."""
    with deaf_proxy() as proxy:
        proxy.variables["CI"] = ""
        yield proxy


@pytest.fixture(scope="session")
def undisturbed(trainer: Trainer, firewall: DeafProxy) -> dict[str, Any]:
    """The result of a run that nobody stopped."""
    process = trainer.start(trainer.ask("undisturbed"), **firewall.variables)
    printed, _ = process.communicate(timeout=600)
    assert process.returncode == 0, printed
    return json.loads(trainer.lake.store.read("runs/undisturbed/result.json"))
