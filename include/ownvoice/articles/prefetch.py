"""Waiting for a store in several threads at once, with what is under way bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def prefetched(
    work: Callable[[_Item], _Result], items: Iterable[_Item], most: int
) -> Iterator[tuple[_Item, Future[_Result]]]:
    """Yield each item with what `work` makes of it, in the order given; at most `most` are begun ahead."""
    with ThreadPoolExecutor(most) as workers:
        begun: deque[tuple[_Item, Future[_Result]]] = deque()
        for item in items:
            begun.append((item, workers.submit(work, item)))
            if len(begun) == most:
                yield begun.popleft()
        yield from begun
