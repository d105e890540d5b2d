"""The rate limiter of one task: whether the next request may be sent, and when.

How many may be in flight `Window` finds out. Requests and tokens per minute are spaced evenly (the generic cell rate
algorithm, ITU-T I.371).
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections.abc import AsyncIterator, Callable

from ownvoice.llm.failures import Failure, RequestFailedError
from ownvoice.llm.rate_limit_headers import RateLimits
from ownvoice.llm.window import Flight, Window

_RECHECK_AFTER_S = 0.02
_LOOK_FOR_HANGING_EVERY_S = 0.1
_MAX_JITTER_S = 0.5
_SHARE_USED = 0.98  # of a rate limit: at the full rate an endpoint refuses every request that arrives a little early

_MAY_BE_AN_OUTAGE = frozenset(
    {
        Failure.NOT_CONNECTED,
        Failure.CONNECTION_LOST,
        Failure.SERVER_ERROR,
        Failure.ERROR_IN_ANSWER,
        Failure.NOT_A_COMPLETION,
    }
)


class RateLimiter:
    """Limits the requests of one task; `acquire` waits, all other methods return at once.

    `limits` are those of the account, of which `concurrent_tasks` tasks each take an equal part. `clock` returns
    seconds.
    """

    def __init__(
        self,
        window: Window,
        limits: RateLimits,
        concurrent_tasks: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.window = window
        self._limits = limits
        self._concurrent_tasks = concurrent_tasks
        self._clock = clock
        self._requests = _Flow(self._share(limits.requests_per_minute))
        self._tokens = _Flow(self._share(limits.tokens_per_minute))
        self._queue = asyncio.Lock()  # the first in line waits for its time, the others wait for the first
        self._freed = asyncio.Event()
        self._bounds: dict[Flight, asyncio.Timeout] = {}

    async def acquire(self, tokens: int, *, may_be_cut: bool = True) -> Flight:
        """Wait until a request of about `tokens` may be sent, and count it as in flight; `end` counts its end.

        One that must not be cut has the whole time-out, however long that of others take.
        """
        async with self._queue:
            while (wait_s := self.wait_s()) > 0:
                self._freed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._freed.wait()
            now = self._clock()
            self._requests.take(1, now)
            self._tokens.take(tokens, now)
            return self.window.send(now, may_be_cut=may_be_cut)

    def wait_s(self) -> float:
        """Return the seconds until the next request may be sent, as far as is known; 0 means now."""
        now = self._clock()
        if now < self.window.resumes_at:
            return self.window.resumes_at - now
        if not self.window.is_open(now):
            return _RECHECK_AFTER_S
        return max(0.0, self._requests.wait_s(now), self._tokens.wait_s(now))

    def end(self, flight: Flight) -> None:
        """Count a request as ended, however it ended."""
        self.window.end(flight)
        self._freed.set()

    def answered(self, flight: Flight) -> float:
        """Learn from an answer; return the seconds that it took."""
        return self.window.answered(flight, self._clock())

    def failed(self, flight: Flight, failed: RequestFailedError) -> None:
        """Learn from a request without an answer. A time-out that our own number of requests caused gets its name."""
        now, failure = self._clock(), failed.failure
        if failure is Failure.RATE_LIMITED:
            self.window.refused(flight, now)
            self._rest(failed.retry_after_s or 0.0, now)
        elif failure is Failure.TIMED_OUT and self.window.timed_out(flight, now):
            failed.failure = Failure.QUEUED
        elif failure in _MAY_BE_AN_OUTAGE:
            self.window.failed(flight, now)

    def _rest(self, retry_after_s: float, now: float) -> None:
        if retry_after_s and now + retry_after_s > self.window.resumes_at:
            jitter_s = random.uniform(0, min(retry_after_s, _MAX_JITTER_S))  # noqa: S311
            self.window.pause_until(now + retry_after_s + jitter_s)

    @contextlib.asynccontextmanager
    async def cutting_what_hangs(self) -> AsyncIterator[None]:
        """End each request in `within_bound` that hangs, for as long as the block lasts."""
        cutting = asyncio.create_task(self._cut_what_hangs())
        try:
            yield
        finally:
            cutting.cancel()

    async def _cut_what_hangs(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_FOR_HANGING_EVERY_S)
            now = self._clock()
            for flight, bound in self._bounds.items():
                if not bound.expired() and self.window.hangs(flight, now):
                    bound.reschedule(asyncio.get_running_loop().time())

    @contextlib.asynccontextmanager
    async def within_bound(self, flight: Flight) -> AsyncIterator[None]:
        """Raise `RequestFailedError` in the block once its request hangs."""
        try:
            async with asyncio.timeout(None) as bound:
                self._bounds[flight] = bound
                yield
        except TimeoutError:
            raise RequestFailedError(Failure.HUNG) from None
        finally:
            del self._bounds[flight]

    def follow(self, announced: RateLimits) -> None:
        """Follow the limits that the endpoint announces, where they are lower than those of the settings."""
        self._requests.per_s = self._share(
            _lower(announced.requests_per_minute, self._limits.requests_per_minute), self._requests.per_s
        )
        self._tokens.per_s = self._share(
            _lower(announced.tokens_per_minute, self._limits.tokens_per_minute), self._tokens.per_s
        )

    def _share(self, per_minute: float | None, unknown: float = math.inf) -> float:
        return unknown if per_minute is None else _SHARE_USED * per_minute / 60 / self._concurrent_tasks


class _Flow:
    """An amount per second, spaced evenly; a time that was missed is made up for, up to a tenth of a second."""

    _SLACK_S = 0.1

    def __init__(self, per_s: float) -> None:
        self.per_s = per_s
        self._free_at = -math.inf

    def wait_s(self, now: float) -> float:
        return self._free_at - now

    def take(self, amount: float, now: float) -> None:
        self._free_at = max(self._free_at, now - self._SLACK_S) + amount / self.per_s


def _lower(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return min(known, default=None)
