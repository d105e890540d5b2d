"""The claim of a trainer on a run or a job: one at a time, wherever it runs, and the sign that it still works.

A claim is the object `claims/<number>.json` of the run; the highest number counts. Its trainer writes it again every
few seconds. Whoever meets a claim watches it on its own clock: a sign of life refuses the newcomer, silence lets it
take the next number. So a machine that vanished blocks nobody for longer than `Pace.lapses_s`, and no clocks are
compared.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ownvoice.errors import DamagedError, RunHeldError
from ownvoice.storage.answer_job_keys import AnswerJobKeys
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a trainer gives a sign of life, and after how much silence its run is free, in seconds."""

    beat_s: float
    lapses_s: float


PACE = Pace(beat_s=15, lapses_s=90)


class Claim(BaseModel):
    """A trainer at work. Times are UTC, ISO 8601; `said` is the last line of its log."""

    model_config = ConfigDict(frozen=True)

    claim_id: str
    number: int
    host: str
    machine: str
    process: int
    since: str
    beat_at: str
    said: str = ""
    is_released: bool = False

    @property
    def is_over(self) -> bool:
        """Whether its trainer has ended, or its process died where this one runs."""
        return self.is_released or (self.machine == _machine() and not _lives(self.process))


def take_claim(lake: Lake, keys: RunKeys | AnswerJobKeys, pace: Pace = PACE) -> Claim:
    """Claim a run for this process. Raises `RunHeldError` where another trainer shows that it works on it."""
    while True:
        newest = newest_claim(lake, keys)
        if newest and not newest.is_over:
            _refuse_if_it_lives(lake, keys, newest, pace)
        taken = _claim_of_this_process(newest.number + 1 if newest else 1)
        if lake.store.create(keys.claim(taken.number), taken.model_dump_json().encode()):
            for number in _numbers(lake, keys):
                if number < taken.number:
                    lake.store.delete(keys.claim(number))
            return taken


def newest_claim(lake: Lake, keys: RunKeys | AnswerJobKeys) -> Claim | None:
    """Return the claim that counts, of a trainer at work or of the last one; None where none ever began."""
    number = max(_numbers(lake, keys), default=None)
    if number is None:
        return None
    try:
        found = lake.read_record(keys.claim(number), Claim.model_validate)
    except DamagedError:
        found = None
    nobodys = Claim(
        claim_id="", number=number, host="", machine="", process=0, since="", beat_at="", is_released=True
    )  # damaged, or its successor has just deleted it
    return found or nobodys


def renew_claim(
    lake: Lake, keys: RunKeys | AnswerJobKeys, claim: Claim, said: str, *, is_released: bool = False
) -> bool:
    """Give a sign of life, or the last one; return whether the run is still this trainer's, and change nothing if not.

    A store without conditional creation may grant one number twice: the one that wrote last keeps it.
    """
    newest = newest_claim(lake, keys)
    if newest is None or newest.claim_id != claim.claim_id:
        return False
    renewed = claim.model_copy(update={"beat_at": _now(), "said": said, "is_released": is_released})
    lake.write_json(keys.claim(claim.number), renewed.model_dump(mode="json"))
    return True


def _refuse_if_it_lives(lake: Lake, keys: RunKeys | AnswerJobKeys, claim: Claim, pace: Pace) -> None:
    print(f"{claim.host} may still work on this: waiting up to {pace.lapses_s:.0f} s for a sign of it", flush=True)
    give_up = time.monotonic() + pace.lapses_s
    while time.monotonic() < give_up:
        time.sleep(pace.beat_s / 3)
        seen = newest_claim(lake, keys)
        if seen is None or seen.is_over:
            return
        if seen != claim:
            raise RunHeldError(
                f"{lake.uri}/{keys.folder} is being worked on by {seen.host}, process {seen.process}, since "
                f"{seen.since[:19]}Z; its last sign was at {seen.beat_at[:19]}Z ({seen.said or 'nothing said yet'}). "
                "One trainer at a time: let it end, or stop it there and start this command again; it resumes."
            )


def _claim_of_this_process(number: int) -> Claim:
    return Claim(
        claim_id=uuid.uuid4().hex,
        number=number,
        host=socket.gethostname(),
        machine=_machine(),
        process=os.getpid(),
        since=_now(),
        beat_at=_now(),
    )


def _machine() -> str:
    """Return where process ids mean the same: this boot of this machine, and the container. Without /proc, the host."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it lives, and belongs to another user
    return True


def _numbers(lake: Lake, keys: RunKeys | AnswerJobKeys) -> list[int]:
    names = (found.key.rsplit("/", 1)[-1].removesuffix(".json") for found in lake.store.objects(keys.claims))
    return [int(name) for name in names if name.isdecimal()]


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()
