"""The rate limiter of one task: how many requests may be in flight, and when the next may be sent.

The number in flight doubles every 0.15 s from the first answer until it reaches its limit. From there the limit follows
what the endpoint can take: each refusal for rate lowers it by three tenths, each answer that arrives while it is in
full use raises it a little (AIMD: Chiu and Jain 1989, with the faster growth of Scalable TCP, Kelly 2003). Requests and
tokens per minute are spaced evenly (the generic cell rate algorithm, ITU-T I.371).
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections.abc import Callable

from ownvoice.llm.rate_limit_headers import RateLimits

_FIRST_IN_FLIGHT = 16
_DOUBLES_EVERY_S = 0.15
_RECHECK_AFTER_S = 0.02
_LEFT_AFTER_A_REFUSAL = 0.7
_GROWTH = 1 / 16
_MAX_JITTER_S = 0.5
_SHARE_USED = 0.98  # of a rate limit: at the full rate an endpoint refuses every request that arrives a little early


class RateLimiter:
    """Limits the requests of one task; `acquire` waits, all other methods return at once.

    `limits` are those of the account, of which `concurrent_tasks` tasks each take an equal part. `clock` returns
    seconds.
    """

    def __init__(
        self,
        most_in_flight: int,
        limits: RateLimits,
        concurrent_tasks: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_in_flight = most_in_flight
        self._limits = limits
        self._concurrent_tasks = concurrent_tasks
        self._clock = clock
        self._in_flight = 0
        self._window = float(most_in_flight)
        self._ramp_from = math.inf  # until the first answer, which may announce the limits
        self._slowed_at = -math.inf
        self.resumes_at = -math.inf
        self._requests = _Flow(self._share(limits.requests_per_minute))
        self._tokens = _Flow(self._share(limits.tokens_per_minute))
        self._queue = asyncio.Lock()  # the first in line waits for its time, the others wait for the first
        self._freed = asyncio.Event()

    async def acquire(self, tokens: int) -> float:
        """Wait until a request of about `tokens` may be sent; return the clock's time then."""
        async with self._queue:
            while (wait_s := self.wait_s()) > 0:
                self._freed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._freed.wait()
            now = self._clock()
            self._in_flight += 1
            self._requests.take(1, now)
            self._tokens.take(tokens, now)
            return now

    def wait_s(self) -> float:
        """Return the seconds until the next request may be sent, as far as is known; 0 means now."""
        now = self._clock()
        if now < self.resumes_at:
            return self.resumes_at - now
        if self._in_flight >= min(self._window, self._ramp(now)):
            return _RECHECK_AFTER_S
        return max(0.0, self._requests.wait_s(now), self._tokens.wait_s(now))

    def release(self, *, answered: bool) -> None:
        """Count a request as ended, however it ended."""
        if answered and self._in_flight >= self._window - 1:
            growth = max(1 / self._window, _GROWTH)
            self._window = min(self._most_in_flight, self._window + growth)
        self._in_flight -= 1
        if self._ramp_from == math.inf:
            self._ramp_from = self._clock()
        self._freed.set()

    def slow_down(self, sent_at: float, retry_after_s: float | None) -> None:
        """Lower the limit after a refusal for rate, once for a burst of them; send nothing before Retry-After ends."""
        now = self._clock()
        if sent_at >= self._slowed_at:
            self._window = max(1.0, _LEFT_AFTER_A_REFUSAL * min(self._window, self._in_flight))
            self._slowed_at = now
        if retry_after_s and now + retry_after_s > self.resumes_at:
            self.resumes_at = now + retry_after_s + random.uniform(0, min(retry_after_s, _MAX_JITTER_S))  # noqa: S311
            self._ramp_from = self.resumes_at

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

    def _ramp(self, now: float) -> float:
        return _FIRST_IN_FLIGHT * math.exp2(min(32.0, max(0.0, now - self._ramp_from) / _DOUBLES_EVERY_S))


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
