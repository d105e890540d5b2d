"""A trainer's hold on its run or job: the claim, renewed while it works, and what it meanwhile learns from the lake."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ownvoice.errors import StoppedError, StorageError
from ownvoice.storage.answer_job_keys import AnswerJobKeys
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.awaited import read_awaited
from ownvoice.training.claim import PACE, Claim, Pace, renew_claim, take_claim
from ownvoice.training.trainer.stop import Stop

_LOST = "another trainer has taken this run over"


@dataclass(slots=True)
class Presence:
    """A claim that is held. `last_said` is asked for the line that goes with each sign of life.

    Only where it `is_awaited` can it be cancelled through the lake: what is written there of a wait elsewhere says
    nothing about a trainer that was started in another way since.
    """

    lake: Lake
    keys: RunKeys | AnswerJobKeys
    claim: Claim
    is_awaited: bool = False
    last_said: Callable[[], str] = str
    is_lost: bool = False

    def beat(self, stop: Stop) -> None:
        """Give a sign of life; request a stop where another trainer has the run, or nobody wants it any more."""
        self.is_lost = not renew_claim(self.lake, self.keys, self.claim, self.last_said())
        if self.is_lost:
            stop.request(_LOST)
        elif self.is_awaited and (reason := _cancelled(self.lake, self.keys)):
            stop.request(reason)

    def end(self) -> None:
        """Give the run back, with a last sign of life."""
        with suppress(StorageError):  # then it lapses
            renew_claim(self.lake, self.keys, self.claim, self.last_said(), is_released=True)


@contextmanager
def present(
    lake: Lake, keys: RunKeys | AnswerJobKeys, stop: Stop, pace: Pace = PACE, *, is_awaited: bool = False
) -> Iterator[Presence]:
    """Hold a run while the block works on it.

    Raises `RunHeldError` where another trainer works on it, and `StoppedError` where it was cancelled.
    """
    if is_awaited and (reason := _cancelled(lake, keys)):
        raise StoppedError(f"{reason}. Clear its task in Airflow first, then start the same command again: it resumes.")
    presence, is_over = Presence(lake, keys, take_claim(lake, keys, pace), is_awaited), threading.Event()

    def beat() -> None:
        while not is_over.wait(pace.beat_s):
            with suppress(StorageError):  # the next one is as good
                presence.beat(stop)

    thread = threading.Thread(target=beat, name="presence", daemon=True)
    thread.start()
    try:
        yield presence
    finally:
        is_over.set()
        thread.join()
        presence.end()


def _cancelled(lake: Lake, keys: RunKeys | AnswerJobKeys) -> str:
    """Return why nobody waits for a run any more, as the beginning of a sentence; empty where it was not cancelled."""
    awaited = read_awaited(lake, keys)
    return awaited.cancelled if awaited else ""
