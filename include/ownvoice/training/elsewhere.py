"""The trainer on a machine that nobody here starts: the command for it, and what the lake shows of it meanwhile.

Its whole input is the `recipe.json` of a training or the `job.json` of a job of answering, and its whole result is
files beside it, so that the lake is all that the two sides share.
"""

from __future__ import annotations

import datetime as dt
import shlex
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ownvoice.answering.files import read_job, result_of
from ownvoice.answering.job import AnswerJob, JobResult
from ownvoice.errors import Exit
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake
from ownvoice.training.awaited import Awaited, forget_awaited, read_awaited, write_awaited
from ownvoice.training.claim import Claim, newest_claim
from ownvoice.training.process import AWAITED, answering_arguments, training_arguments
from ownvoice.training.result import NOT_ENDED, TrainingResult
from ownvoice.training.run import TrainingRun, read_training_run
from ownvoice.training.settings import TrainingSettings

KEYS_OF_A_TRAINER = (
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"),
    *("HF_TOKEN", "COMET_API_KEY"),
)
"""Variables that a trainer elsewhere may need: the way to the lake, to a gated base and to a tracker."""

POLL_INTERVAL_S = 30.0
"""Seconds between two looks into the lake, of which each is four requests."""

_NEEDS_A_GPU = "UNSLOTH_DISABLE_CPU_FALLBACK=1"  # on the CPUs of a machine without one it would train for a month
_GRACE_PERIOD_S = 120  # long enough to write a checkpoint to the lake
_SILENT_AFTER_S = 300.0  # many signs of life late
_REMIND_AFTER_S = 3600.0


Awaitable = TrainingRun | AnswerJob
"""What a trainer elsewhere can be awaited for."""


def read_awaitable(uri: str, access: AwsAccess | None = None) -> Awaitable:
    """Read the input of a trainer: a job of answering or a recipe, as its name says. Raises `SettingsError`."""
    return read_job(uri, access) if _is_job(uri) else read_training_run(uri, access)


def _is_job(uri: str) -> bool:
    return uri.endswith("/job.json")


def command_of(uri: str, settings: TrainingSettings) -> str:
    """Return the command that trains or answers `uri` on any machine with a GPU, as a line for a shell.

    It is that of the trainer image where one is set, which hands variables on by name; else that of a Python with the
    trainer installed. It holds no key.
    """
    arguments = answering_arguments(uri) if _is_job(uri) else training_arguments(uri)
    trainer = ["python", *arguments, AWAITED]
    if not settings.image:
        return shlex.join(["env", _NEEDS_A_GPU, *trainer])
    handed_on = [part for name in KEYS_OF_A_TRAINER for part in ("--env", name)]
    said = ["--env", _NEEDS_A_GPU, "--env", f"OWNVOICE_TRAINER_IMAGE={settings.image}"]
    machine = ["--gpus", "all", "--shm-size", "8g", "--stop-timeout", str(_GRACE_PERIOD_S)]
    return shlex.join(["docker", "run", "--rm", *machine, *handed_on, *said, settings.image, *trainer])


def await_training(lake: Lake, run: Awaitable, uri: str, settings: TrainingSettings) -> Awaited | None:
    """Write down that a run or job is awaited from now on; None where it is done already.

    Where a wait before was broken off by a fault, a result that it did not take ends this one.
    """
    before = read_awaited(lake, run.keys)
    # Taken before the result is read: one that is written in between ends the wait.
    earlier = before.earlier_result if before and not before.cancelled else _tag_of_result(lake, run)
    if _is_done(lake, run):
        forget_awaited(lake, run.keys)
        return None
    now = dt.datetime.now(dt.UTC)
    awaited = Awaited(
        waiting_id=uuid.uuid4().hex,
        since=now,
        until=now + dt.timedelta(seconds=settings.deadline_s),
        command=command_of(uri, settings),
        earlier_result=earlier,
    )
    write_awaited(lake, run.keys, awaited)
    return awaited


class AwaitedEnd(NamedTuple):
    """How an awaited training ended, and what its trainer said about it."""

    exit: Exit
    message: str


def ended(lake: Lake, run: Awaitable, awaited: Awaited) -> AwaitedEnd | None:
    """Return the end that a trainer came to since a run is awaited; None before that.

    One that was stopped, as a machine of the spot market is, has not ended: the next one resumes. Raises `DamagedError`
    where the result cannot be read.
    """
    if _tag_of_result(lake, run) == awaited.earlier_result:
        return None
    result = _result_of(lake, run)
    if result is None or result.exit in (Exit.STOPPED, NOT_ENDED):
        return None
    return AwaitedEnd(Exit(result.exit), result.message or "done")


@dataclass(slots=True)
class Follower:
    """Turns the claims that are seen of an awaited training into lines for the log of whoever waits."""

    awaited: Awaited
    _claim: Claim | None = None
    _changed_s: float = field(default_factory=time.monotonic)
    _is_told: bool = False

    def lines(self, claim: Claim | None, now_s: float) -> Iterator[str]:
        """Yield what is new. `now_s` is of a clock that only goes forward; no clock of the trainer is believed."""
        before, self._claim = self._claim, claim
        if claim == before:
            yield from self._silence(now_s - self._changed_s)
            return
        self._changed_s, self._is_told = now_s, False
        if claim is None or claim.is_released:
            yield f"No trainer works on it now.{_last(claim)} {self._start}"
        else:
            if before is None or before.claim_id != claim.claim_id:
                yield f"{claim.host} works on it since {claim.since[:19]}Z, process {claim.process}."
            if claim.said and (before is None or before.said != claim.said):
                yield f"{claim.host}: {claim.said}"

    @property
    def _start(self) -> str:
        what = "Start this on a machine with a GPU; it goes on from what is stored in the lake"
        return f"{what}:\n{self.awaited.command}"

    def _silence(self, silent_s: float) -> Iterator[str]:
        claim = self._claim
        is_at_work = claim is not None and not claim.is_released
        if self._is_told or silent_s < (_SILENT_AFTER_S if is_at_work else _REMIND_AFTER_S):
            return
        self._is_told = True
        if claim is not None and is_at_work:
            yield f"No sign of the trainer on {claim.host} since {claim.beat_at[:19]}Z.{_last(claim)} {self._start}"
        else:
            yield f"No trainer has begun for {silent_s / 60:.0f} minutes. {self._start}"


def follow(lake: Lake, run: Awaitable, awaited: Awaited, follower: Follower) -> tuple[list[str], bool]:
    """Look once; return the lines that are new, and whether there is nothing left to wait for."""
    lines = list(follower.lines(newest_claim(lake, run.keys), time.monotonic()))
    is_awaited = read_awaited(lake, run.keys) == awaited
    return lines, not is_awaited or awaited.is_over() or ended(lake, run, awaited) is not None


def _last(claim: Claim | None) -> str:
    return f" Its last line: {claim.said}." if claim and claim.said else ""


def _result_of(lake: Lake, run: Awaitable) -> TrainingResult | JobResult | None:
    if isinstance(run, AnswerJob):
        return result_of(lake, run.keys, run.digest)
    return lake.read_record(run.keys.result, TrainingResult.model_validate)


def _is_done(lake: Lake, run: Awaitable) -> bool:
    """Whether it was trained with this very recipe, or this very job was answered."""
    result = _result_of(lake, run)
    if isinstance(result, JobResult):
        return result.is_answered
    return result is not None and result.is_trained and isinstance(run, TrainingRun) and result.recipe == run.recipe


def _tag_of_result(lake: Lake, run: Awaitable) -> str:
    found = lake.store.stat(run.keys.result)
    return found.tag if found else ""


def wait_elsewhere(lake: Lake, run: Awaitable, uri: str, settings: TrainingSettings) -> None:
    """Print the command and then how far the trainer is, until it has ended or `deadline_s` has passed.

    Interrupted, it only waits no longer: the trainer goes on.
    """
    if (awaited := await_training(lake, run, uri, settings)) is None:
        return
    print(f"Start this on a machine with a GPU, before {awaited.until:%Y-%m-%d %H:%M}Z:\n{awaited.command}", flush=True)
    follower, is_over = Follower(awaited), False
    try:
        while not is_over:
            lines, is_over = follow(lake, run, awaited, follower)
            print("".join(f"{line}\n" for line in lines), end="", flush=True)
            time.sleep(0 if is_over else POLL_INTERVAL_S)
    finally:
        forget_awaited(lake, run.keys)
