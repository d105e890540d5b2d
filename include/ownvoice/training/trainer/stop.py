"""Handling SIGTERM, as an eviction or a cancelled task sends it: during training, stop after the step's checkpoint."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from ownvoice.errors import StoppedError


class Stop:
    """The SIGTERM handler. `requested` is whether it came; outside training it raises `StoppedError` at once."""

    def __init__(self) -> None:
        self.requested = False
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

    def _asked(self, signum: int, frame: FrameType | None) -> None:
        self.requested = True
        if not self._is_training:
            raise StoppedError("asked to stop (SIGTERM). Start the same command again: it goes on from its checkpoint.")
