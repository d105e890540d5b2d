"""The store of answers, asked for many at once and patiently."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TypeVar

from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.storage.lake import Lake
from ownvoice.training.trainer.folders import patiently

_T = TypeVar("_T")

_AT_ONCE = 32


def read_stored(lake: Lake, keys: Iterable[str], say: Callable[[str], None]) -> dict[str, AnswerRecord]:
    """Return the stored first answers to the requests that have one, by key."""
    store = AnswerStore(lake.store)
    names = list(keys)
    found = patiently(lambda: asyncio.run(_all([partial(store.get, name, 1) for name in names])), say)
    return {name: record for name, record in zip(names, found, strict=True) if record}


def keep(lake: Lake, records: Iterable[AnswerRecord], say: Callable[[str], None]) -> list[AnswerRecord]:
    """Store answers; return those that are stored then, which another process may have made before."""
    store = AnswerStore(lake.store)
    made = list(records)
    return patiently(lambda: asyncio.run(_all([partial(store.put, one["request_key"], 1, one) for one in made])), say)


async def _all(calls: list[Callable[[], Awaitable[_T]]]) -> list[_T]:
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(call: Callable[[], Awaitable[_T]]) -> _T:
        async with room:
            return await call()

    return await asyncio.gather(*map(one, calls))
