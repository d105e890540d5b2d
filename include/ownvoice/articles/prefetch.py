"""Working ahead in threads while a store is slow to answer, with a bound on what is held."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def prefetch(
    work: Callable[[_Item], _Result], items: Iterable[_Item], ahead: int
) -> Iterator[tuple[_Item, Future[_Result]]]:
    """Yield each item with the future of `work(item)`, in the order given; at most `ahead` are under way."""
    with ThreadPoolExecutor(ahead) as workers:
        begun: deque[tuple[_Item, Future[_Result]]] = deque()
        for item in items:
            begun.append((item, workers.submit(work, item)))
            if len(begun) == ahead:
                yield begun.popleft()
        yield from begun
