"""The trainer's command.

Run as: python -m ownvoice.training --recipe s3://bucket/prefix/runs/RUN/recipe.json
Exit codes are those of `ownvoice.errors.Exit`; the same is told by `result.json` beside the recipe.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from ownvoice.errors import Exit, OwnvoiceError
from ownvoice.storage.lake import Lake
from ownvoice.training.process import AWAITED
from ownvoice.training.run import read_training_run
from ownvoice.training.trainer.one_try import one_try
from ownvoice.training.trainer.ranks.launch import train_on_several
from ownvoice.training.trainer.stop import Stop


def main(arguments: list[str] | None = None) -> int:
    """Train what the recipe says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ownvoice.training", description="Train one recipe.")
    parser.add_argument("--recipe", required=True, help="URI of the run's recipe.json")
    parser.add_argument(AWAITED, action="store_true", help="end where whoever waits for it no longer does")
    asked = parser.parse_args(arguments)
    try:
        return _train(asked.recipe, asked.awaited)
    except OwnvoiceError as error:
        print(f"ownvoice.training: {error}", file=sys.stderr)
        return error.exit_code


def _train(uri: str, is_awaited: bool) -> Exit:
    run = read_training_run(uri)
    lake, stop = Lake(run.lake), Stop()
    with tempfile.TemporaryDirectory(prefix="ownvoice-training-") as folder:
        if run.gpu_count > 1:
            return train_on_several(run, lake, stop, uri, Path(folder), is_awaited=is_awaited)
        os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")  # TRL refuses several GPUs in one process
        return one_try(run, lake, stop, Path(folder), is_awaited=is_awaited).exit
