"""SIGTERM, as an eviction or a cancelled task sends it: during training it waits for the step's checkpoint."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from ownvoice.errors import StoppedError


class Stop:
    """Whether the process was asked to end. Outside training, being asked raises `StoppedError` at once."""

    def __init__(self) -> None:
        self.requested = False
        self._is_training = False
        signal.signal(signal.SIGTERM, self._asked)

    @contextlib.contextmanager
    def after_the_step(self) -> Iterator[None]:
        """Let a request wait while the block trains; its callback writes a checkpoint and ends the training."""
        self._is_training = True
        try:
            yield
        finally:
            self._is_training = False

    def _asked(self, signum: int, frame: FrameType | None) -> None:
        self.requested = True
        if not self._is_training:
            raise StoppedError("asked to stop (SIGTERM). Start the same command again: it goes on from its checkpoint.")
