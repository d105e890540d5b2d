"""The trainer's command.

Run as: python -m ownvoice.training --recipe s3://bucket/prefix/runs/RUN/recipe.json
Exit codes are those of `ownvoice.errors.Exit`; the same is told by `result.json` beside the recipe.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from typing import Any

from ownvoice.errors import Exit, OwnvoiceError
from ownvoice.storage.lake import Lake
from ownvoice.training.run import TrainingRun, read_training_run
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.machine import device_name, image_id, library_versions
from ownvoice.training.trainer.record import Record
from ownvoice.training.trainer.stop import Stop
from ownvoice.training.trainer.train import train


def main(arguments: list[str] | None = None) -> int:
    """Train what the recipe says; return the exit code."""
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")  # TRL refuses several GPUs in one process
    parser = argparse.ArgumentParser(prog="python -m ownvoice.training", description="Train one recipe.")
    parser.add_argument("--recipe", required=True, help="URI of the run's recipe.json")
    try:
        run = read_training_run(parser.parse_args(arguments).recipe)
        lake = Lake(run.lake)
        return _run(run, lake, Record(lake, run.keys))
    except OwnvoiceError as error:
        print(f"ownvoice.training: {error}", file=sys.stderr)
        return error.exit_code


def _run(run: TrainingRun, lake: Lake, record: Record) -> Exit:
    """Train, and leave a result and a log in the lake however it ends."""
    key = run.keys.result
    if _is_done(run, lake.read_json(key) or {}):
        record.say(f"{lake.uri}/{key} says that this run is trained; nothing is left to do")
        return Exit.TRAINED
    started = time.monotonic()
    stop = Stop()
    with record.flowing():
        result = _heading(run, record)
        end, message = _attempt(run, lake, record, stop, result)
    result |= {"exit": end.name, "message": message} | _cost(run, time.monotonic() - started)
    record.say(f"{end.name}: {message or 'done'} ({result['total_seconds']} s)")
    patiently(lambda: lake.write_json(key, result))
    record.keep()
    return end


def _is_done(run: TrainingRun, result: dict[str, Any]) -> bool:
    """Say whether an earlier try trained this very recipe; one that differs after the training is merged again."""
    return result.get("exit") == Exit.TRAINED.name and result["recipe"] == run.recipe.model_dump(mode="json")


def _heading(run: TrainingRun, record: Record) -> dict[str, Any]:
    """Say what the run is and stands on; return the same as the first part of the result."""
    recipe = run.recipe
    record.say(f"run {run.run_id}: recipe {recipe.recipe_id}, backend {recipe.backend}, on {device_name()}")
    for name, value in recipe.model_dump(mode="json").items():
        record.say(f"  {name} = {value}")
    record.say("  " + " ".join(f"{name}=={number}" for name, number in library_versions().items()))
    return {
        "run_id": run.run_id,
        "recipe_id": recipe.recipe_id,
        "recipe": recipe.model_dump(mode="json"),
        "device": device_name(),
        "image": image_id(),
        "versions": library_versions(),
    }


def _attempt(
    run: TrainingRun, lake: Lake, record: Record, stop: Stop, result: dict[str, Any]
) -> tuple[Exit, str | None]:
    """Train; return how it ended, and what to do about it."""
    try:
        train(run, lake, record, stop, result)
    except OwnvoiceError as error:
        return Exit(error.exit_code), str(error)
    except Exception as error:
        if "No space left on device" in str(error):
            return Exit.STORAGE, f"the disk is full ({error}). Give the trainer more scratch space, then run again."
        record.say(traceback.format_exc())
        return Exit.FAULT, f"{type(error).__name__}: {error}"
    return Exit.TRAINED, None


def _cost(run: TrainingRun, seconds: float) -> dict[str, float | None]:
    price = run.gpu_usd_per_hour
    return {
        "total_seconds": round(seconds, 1),
        "estimated_usd": None if price is None else round(price * seconds / 3600, 4),
    }
