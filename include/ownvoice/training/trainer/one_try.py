"""One try of a training in this process: however it ends, it leaves a result and a log in the lake."""

from __future__ import annotations

import time
from pathlib import Path

from ownvoice.errors import Exit, RunHeldError
from ownvoice.storage.lake import Lake
from ownvoice.training.result import TrainingResult
from ownvoice.training.run import TrainingRun
from ownvoice.training.run_files import read_file
from ownvoice.training.trainer.attempt import TryEnd, attempt
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.machine import device_name, image_id, library_versions
from ownvoice.training.trainer.presence import Presence, present
from ownvoice.training.trainer.ranks.ends import leave_end
from ownvoice.training.trainer.ranks.place import ALONE, Place
from ownvoice.training.trainer.record import Record
from ownvoice.training.trainer.stop import Stop
from ownvoice.training.trainer.train import train
from ownvoice.training.trainer.work import Work

_DONE_BEFORE = TryEnd(Exit.TRAINED, None)


def one_try(
    run: TrainingRun, lake: Lake, stop: Stop, scratch: Path, place: Place = ALONE, *, is_awaited: bool = False
) -> TryEnd:
    """Train; return how it ended. Of several processes the first one holds the run, and writes log and result.

    With `is_awaited` whoever waits for it can cancel it through the lake. Raises `RunHeldError` where another trainer
    works on the run or has taken it over, and `StoppedError` where it was cancelled before it began.
    """
    if not place.is_first:
        return _try(Work(run, lake, Record(lake, run.keys, is_silent=True), stop, scratch, _heading(run, place), place))
    with present(lake, run.keys, stop, is_awaited=is_awaited) as presence:
        started = time.monotonic()
        work = _work_of_holder(run, lake, stop, scratch, place, presence)
        end = _try(work)
        if presence.is_lost:
            raise RunHeldError(
                f"another trainer has taken {lake.uri}/{run.keys.folder} over, since this one gave no sign of life for "
                "long. The training goes on there, and this machine can be given back."
            )
        if end is not _DONE_BEFORE:
            _leave_result(work, end, time.monotonic() - started)
        return end


def speak_for_others(
    run: TrainingRun, lake: Lake, stop: Stop, scratch: Path, end: TryEnd, seconds: float, *, first_left_result: bool
) -> TryEnd:
    """Leave the end of a run's processes where the first of them could not, or not why; return it.

    A result that says trained stays, and is returned. Raises `RunHeldError` where another trainer works on the run by
    now: the result is then the other's to leave.
    """
    with present(lake, run.keys, stop) as presence:
        work = _work_of_holder(run, lake, stop, scratch, Place(0, run.gpu_count), presence)
        if _is_done(work):
            return _DONE_BEFORE
        if first_left_result:
            work.result = read_file(lake, run.keys.result, TrainingResult, []) or work.result
        _leave_result(work, end, seconds)
        return end


def _work_of_holder(run: TrainingRun, lake: Lake, stop: Stop, scratch: Path, place: Place, presence: Presence) -> Work:
    record = Record(lake, run.keys)
    presence.last_said = record.last_said
    return Work(run, lake, record, stop, scratch, _heading(run, place), place)


def _try(work: Work) -> TryEnd:
    """Train, unless an earlier try has; of several processes, tell the launcher at once where it failed."""
    if work.place.from_first(lambda: _is_done(work)):
        return _DONE_BEFORE
    with work.record.flowing():
        _say_heading(work.result, work.record)
        end = attempt(lambda: train(work), work.record.say)
    if end.message is not None and not work.place.is_alone:
        leave_end(work.scratch, work.place.rank, end.exit, end.message)
    return end


def _is_done(work: Work) -> bool:
    """Whether an earlier try trained this very recipe; one that differs in the merge alone is merged again."""
    key = work.run.keys.result
    result = read_file(work.lake, key, TrainingResult, [])
    is_done = result is not None and result.is_trained and result.recipe == work.recipe
    if is_done:
        work.record.say(f"{work.lake.uri}/{key} says that this run is trained; nothing is left to do")
    return is_done


def _heading(run: TrainingRun, place: Place) -> TrainingResult:
    """Return the first part of a result: recipe, device and library versions."""
    return TrainingResult(
        run_id=run.run_id,
        recipe_id=run.recipe.recipe_id,
        recipe=run.recipe,
        device=device_name() if place.is_alone else f"{place.ranks} x {device_name()}",
        image=image_id(),
        versions=library_versions(),
        seconds={},
    )


def _leave_result(work: Work, end: TryEnd, seconds: float) -> None:
    """Write how the try ended into the lake, as `result.json` and as the last line of the log."""
    result, record = work.result, work.record
    result.exit, result.message, result.total_seconds = end.exit, end.message, round(seconds, 1)
    result.estimated_usd = _cost_usd(work.run, seconds)
    record.say(f"{end.exit.name}: {end.message or 'done'} ({result.total_seconds} s)")
    patiently(lambda: work.lake.write_json(work.run.keys.result, result.stored()))
    record.keep()


def _say_heading(result: TrainingResult, record: Record) -> None:
    recipe = result.recipe
    assert recipe is not None
    record.say(f"run {result.run_id}: recipe {recipe.recipe_id}, backend {recipe.backend}, on {result.device}")
    for name, value in recipe.model_dump(mode="json").items():
        record.say(f"  {name} = {value}")
    record.say("  " + " ".join(f"{name}=={number}" for name, number in result.versions.items()))


def _cost_usd(run: TrainingRun, seconds: float) -> float | None:
    price = run.gpu_usd_per_hour
    return None if price is None else round(price * seconds / 3600, 4)
