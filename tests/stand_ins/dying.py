"""A process that kills itself with SIGKILL at a place that a test names."""

from __future__ import annotations

import importlib
import inspect
import os
import signal
from typing import Any


def die_after(place: str) -> None:
    """Let the function at `place` finish its work, and nothing else after it."""
    module_name, name = place.split(":")
    module = importlib.import_module(module_name)
    whole = getattr(module, name)

    def last(*args: Any, **kwargs: Any) -> None:
        whole(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    async def last_async(*args: Any, **kwargs: Any) -> None:
        await whole(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, last_async if inspect.iscoroutinefunction(whole) else last)
