"""One try of a job in this process: however it ends, it leaves a result and a log in the lake."""

from __future__ import annotations

import time
from pathlib import Path

from ownvoice.answering.job import AnswerJob, JobResult
from ownvoice.errors import Exit, RunHeldError
from ownvoice.storage.lake import Lake
from ownvoice.training.trainer.answering.progress import Progress
from ownvoice.training.trainer.answering.work import JobWork, answer_all
from ownvoice.training.trainer.attempt import TryEnd, attempt
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.machine import (
    device_name,
    hide_progress_bars,
    library_versions,
    peak_memory_bytes,
    refuse_missing_gpu,
)
from ownvoice.training.trainer.offline import go_offline
from ownvoice.training.trainer.presence import present
from ownvoice.training.trainer.record import Record
from ownvoice.training.trainer.stop import Stop


def one_job(job: AnswerJob, lake: Lake, stop: Stop, scratch: Path, *, is_awaited: bool = False) -> Exit:
    """Answer; return how it ended.

    With `is_awaited` whoever waits for it can cancel it through the lake. Raises `RunHeldError` where another process
    works on the job or has taken it over, and `StoppedError` where it was cancelled before it began.
    """
    online = go_offline()
    with present(lake, job.keys, stop, is_awaited=is_awaited) as presence:
        record, started = Record(lake, job.keys), time.monotonic()
        presence.last_said = record.last_said
        work = JobWork(job, lake, record, scratch, online, Progress(record))
        with record.flowing():
            _say_heading(work)
            end = attempt(lambda: _answer(work), record.say)
        if presence.is_lost:
            raise RunHeldError(
                f"another trainer has taken {lake.uri}/{job.keys.folder} over, since this one gave no sign of life for "
                "long. It goes on there, and this machine can be given back."
            )
        _leave_result(work, end, time.monotonic() - started)
        return end.exit


def _answer(work: JobWork) -> None:
    refuse_missing_gpu()
    hide_progress_bars()
    answer_all(work)


def _say_heading(work: JobWork) -> None:
    work.record.say(f"job {work.job.name} of {work.job.run_id}, on {device_name()}")
    for one in work.job.asked:
        sampling = " ".join(f"{name}={value}" for name, value in one.sampling.model_dump().items())
        work.record.say(f"  {one.subject}: {one.model}, {one.prompt_template}, {sampling} draws={one.draws}")


def _leave_result(work: JobWork, end: TryEnd, seconds: float) -> None:
    """Write how the try ended into the lake, as `result.json` and as the last line of the log."""
    progress = work.progress
    result = JobResult(
        exit=end.exit,
        message=end.message,
        models=work.models,
        engine=work.engine,
        device=device_name(),
        versions=library_versions(),
        asked=progress.asked,
        reused=progress.reused,
        scored=progress.scored,
        refused=progress.refused,
        tokens=progress.tokens,
        tokens_per_s=progress.tokens_per_s,
        peak_memory_bytes=peak_memory_bytes(),
        seconds=dict(work.seconds),
        total_seconds=round(seconds, 1),
        digest=work.job.digest,
    )
    progress.say()
    said = "done" if end.exit is Exit.TRAINED else f"{end.exit.name}: {end.message}"
    work.record.say(f"{said} ({result.total_seconds} s, {len(progress.refused)} refused)")
    patiently(lambda: work.lake.write_json(work.job.keys.result, result.model_dump(mode="json")))
    work.record.keep()
