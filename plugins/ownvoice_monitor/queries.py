"""Queries of pages have few threads of their own, and each has a deadline: a lake that hangs holds up no one else.

Airflow's routes share a pool of threads. Queries in that pool would fill it while a lake does not answer, and all of
Airflow's API would wait with them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from ownvoice.config.settings import load_settings
from ownvoice.errors import StorageUnavailableError

T = TypeVar("T")

AT_ONCE = 4
WAITING = 32


class Queries:
    """A bounded queue of queries; `AT_ONCE` of them run at the same time, and `WAITING` wait for their turn."""

    def __init__(self, deadline_s: float) -> None:
        self.deadline_s = deadline_s
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ownvoice-page")
        self._places = threading.BoundedSemaphore(AT_ONCE + WAITING)

    async def answer(self, query: Callable[[], T]) -> T:
        """Return what `query` returns.

        Raises `StorageUnavailableError` where it has not by the deadline, and at once where the queue is full. A query
        that runs then goes on to its end, which the time-outs of the lake's client bring near, and keeps its place
        until it is there; one that still waits is forgotten.
        """
        if not self._places.acquire(blocking=False):
            raise StorageUnavailableError(f"{AT_ONCE + WAITING} pages are waiting for the lake already. {_NEXT}")
        running = self._threads.submit(query)
        running.add_done_callback(lambda _: self._places.release())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(running), self.deadline_s)
        except TimeoutError:
            raise StorageUnavailableError(f"The lake has not answered within {self.deadline_s:g} s. {_NEXT}") from None


_NEXT = (
    "Load this page again in a moment; where that does not help, check the lake's endpoint and network, or give pages "
    "more time with OWNVOICE_PAGE_DEADLINE_S."
)


@lru_cache(maxsize=1)
def queries() -> Queries:
    """Return the queue of this process, with the deadline of the settings."""
    return Queries(load_settings().page_deadline_s)
