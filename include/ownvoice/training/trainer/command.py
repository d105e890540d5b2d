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

from ownvoice.errors import Exit, OwnvoiceError, RunHeldError
from ownvoice.storage.lake import Lake
from ownvoice.training.result import TrainingResult
from ownvoice.training.run import TrainingRun, read_training_run
from ownvoice.training.run_files import read_file
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.machine import device_name, image_id, library_versions
from ownvoice.training.trainer.presence import Presence, present
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
        lake, stop = Lake(run.lake), Stop()
        with present(lake, run.keys, stop) as presence:
            return _run(run, lake, stop, presence)
    except OwnvoiceError as error:
        print(f"ownvoice.training: {error}", file=sys.stderr)
        return error.exit_code


def _run(run: TrainingRun, lake: Lake, stop: Stop, presence: Presence) -> Exit:
    """Train, and leave a result and a log in the lake however it ends, unless another trainer has the run by then."""
    record, key = Record(lake, run.keys), run.keys.result
    presence.last_said = record.last_said
    if _is_done(run, read_file(lake, key, TrainingResult, [])):
        record.say(f"{lake.uri}/{key} says that this run is trained; nothing is left to do")
        return Exit.TRAINED
    started = time.monotonic()
    with record.flowing():
        result = _heading(run, record)
        end, message = _attempt(run, lake, record, stop, result)
    if presence.is_lost:
        raise RunHeldError(
            f"another trainer has taken {lake.uri}/{run.keys.folder} over, since this one gave no sign of life for "
            "long. The training goes on there, and this machine can be given back."
        )
    seconds = time.monotonic() - started
    result.exit, result.message, result.total_seconds = end, message, round(seconds, 1)
    result.estimated_usd = _cost_usd(run, seconds)
    record.say(f"{end.name}: {message or 'done'} ({result.total_seconds} s)")
    patiently(lambda: lake.write_json(key, result.stored()))
    record.keep()
    return end


def _is_done(run: TrainingRun, result: TrainingResult | None) -> bool:
    """Whether an earlier try trained this very recipe; one that differs in the merge alone is merged again."""
    return result is not None and result.is_trained and result.recipe == run.recipe


def _heading(run: TrainingRun, record: Record) -> TrainingResult:
    """Log recipe, device and library versions; return them as the first part of the result."""
    recipe = run.recipe
    record.say(f"run {run.run_id}: recipe {recipe.recipe_id}, backend {recipe.backend}, on {device_name()}")
    for name, value in recipe.model_dump(mode="json").items():
        record.say(f"  {name} = {value}")
    record.say("  " + " ".join(f"{name}=={number}" for name, number in library_versions().items()))
    return TrainingResult(
        run_id=run.run_id,
        recipe_id=recipe.recipe_id,
        recipe=recipe,
        device=device_name(),
        image=image_id(),
        versions=library_versions(),
        seconds={},
    )


def _attempt(
    run: TrainingRun, lake: Lake, record: Record, stop: Stop, result: TrainingResult
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


def _cost_usd(run: TrainingRun, seconds: float) -> float | None:
    price = run.gpu_usd_per_hour
    return None if price is None else round(price * seconds / 3600, 4)
