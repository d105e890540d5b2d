"""Handling SIGTERM, as an eviction or a cancelled task sends it: during training, stop after the step's checkpoint."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

from ownvoice.errors import StoppedError


class Stop:
    """The SIGTERM handler. `requested` is whether it came; outside training it raises `StoppedError` at once.

    `reason` is why, as the beginning of a sentence.
    """

    def __init__(self) -> None:
        self.requested = False
        self.reason = "asked to stop (SIGTERM)"
        self._is_training = False
        signal.signal(signal.SIGTERM, self._asked)

    @contextlib.contextmanager
    def after_the_step(self) -> Iterator[None]:
        """Only note a request while the block trains; the training's callback then writes a checkpoint and stops."""
        self._is_training = True
        try:
            yield
        finally:
            self._is_training = False

    def request(self, reason: str) -> None:
        """Stop for a reason that another thread met: SIGTERM of our own, since the main thread alone can be stopped."""
        if not self.requested:
            self.reason = reason
            os.kill(os.getpid(), signal.SIGTERM)

    def _asked(self, signum: int, frame: FrameType | None) -> None:
        self.requested = True
        if not self._is_training:
            raise StoppedError(f"{self.reason}. Start the same command again: it goes on from what is stored.")
