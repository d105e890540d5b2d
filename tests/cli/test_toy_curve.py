"""The learning curve of a toy, by the real trainer on the CPU: twelve trainings and the picture."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ownvoice.cli.main import app
from ownvoice.evaluation.curve.curve import Verdict
from ownvoice.evaluation.curve.stored import read_learning_curve
from ownvoice.storage.lake import Lake
from stand_ins.pair_lake import commit_pairs, small_dataset
from stand_ins.places import REPOSITORY, SAMPLES

pytestmark = pytest.mark.skipif(
    "OWNVOICE_TEST_CURVE" not in os.environ, reason="another ten minutes: make test-curve runs it"
)

MAKE_TOY = """
import pathlib, sys
from ownvoice.training.trainer.tiny import ToyShape, make_toy
shape = ToyShape(512, hidden=48, layers=2, context=512, reading_steps=20, instruction_steps=10, tokens=64)
make_toy(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), shape)
"""
RECIPE = {
    "backend": "trl",
    "base_model": "lake:models/toy",
    "optimizer": "adamw_torch",
    "learning_rate": 2e-3,
    "warmup_steps": 1,
    "batch_pairs": 4,
    "accumulation_steps": 1,
    "max_length": 512,
    "lora_rank": 4,
    "lora_alpha": 4,
    "eval_every": 1,
    "sample_tokens": 48,
    "merge_dtype": "float32",
}


def test_a_toy_learns_more_from_more_pairs_and_the_curve_says_how_much(tmp_path, monkeypatch):
    python = os.environ.get("OWNVOICE_TRAINER_PYTHON", str(REPOSITORY / ".venv-trainer" / "bin" / "python"))
    monkeypatch.setenv("OWNVOICE_TRAINER_PYTHON", python)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "include"))
    lake = Lake(Path(os.environ.get("OWNVOICE_TEST_CURVE_FOLDER", tmp_path)).as_uri())
    rows = [row | {"article_id": f"article-{place // 4}"} for place, row in enumerate(small_dataset(200, 24))]
    commit_pairs(lake, rows)
    toy = lake.uri.removeprefix("file://") + "/models/toy"
    subprocess.run([python, "-c", MAKE_TOY, str(SAMPLES), toy], check=True, timeout=300)
    recipe = [f"--recipe={name}={value}" for name, value in RECIPE.items()]
    shown = CliRunner().invoke(app, ["train", "--lake", lake.uri, "--run", "toy", "--learning-curve", *recipe])
    assert shown.exit_code == 0, shown.output
    print(shown.output)
    curve = read_learning_curve(lake, "toy", [])
    margin = next(one for one in curve.curves if one.metric == "margin")
    assert [size.wanted_pairs for size in margin.sizes] == [25, 50, 100, 200]
    assert [size.value.seeds for size in margin.sizes] == [3, 3, 3, 3]
    assert all(size.value.low < size.value.mean < size.value.high for size in margin.sizes)
    assert margin.sizes[0].value.high < margin.sizes[-1].value.low, "eight times the pairs teach more"
    assert margin.verdict in (Verdict.RISING, Verdict.FLAT, Verdict.TOO_NOISY)
    assert margin.forecast_pairs == pytest.approx(400, rel=0.05)
    assert lake.store.read("runs/toy/learning_curve.svg").startswith(b"<svg")
