"""The pace of one task: how many requests may be open, and when the next may be sent.

The number of open requests doubles from the first answer on until it is full, and then follows what the endpoint
bears: each refusal for rate takes three tenths away, each answer that comes while the limit is in use adds a little
(AIMD: Chiu and Jain 1989, with the steeper growth of Scalable TCP, Kelly 2003). Requests and tokens per minute are
spaced evenly (the generic cell rate algorithm).
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
_LOOKS_AGAIN_AFTER_S = 0.02
_LEFT_AFTER_A_REFUSAL = 0.7
_GROWTH = 1 / 16
_MAX_JITTER_S = 0.5
_SHARE_USED = 0.98  # of a rate limit: asked to the brim, an endpoint refuses whatever comes a little early


class RateLimiter:
    """Asked before each request and told after it. Nothing in it blocks but `turn`."""

    def __init__(
        self,
        most_in_flight: int,
        limits: RateLimits,
        concurrent_tasks: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_in_flight = most_in_flight
        self._limits = limits
        self._sharers = concurrent_tasks
        self._clock = clock
        self._in_flight = 0
        self._window = float(most_in_flight)
        self._ramp_from = math.inf  # until the first answer, which may tell the limits
        self._slowed_at = -math.inf
        self.resumes_at = -math.inf
        self._requests = _Flow(self._share(limits.requests_per_minute))
        self._tokens = _Flow(self._share(limits.tokens_per_minute))
        self._turnstile = asyncio.Lock()  # the first in line waits for the moment, the others for the first
        self._freed = asyncio.Event()

    async def turn(self, tokens: int) -> float:
        """Wait until a request of about `tokens` may be sent; return the time at which it is."""
        async with self._turnstile:
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
        """Return the seconds until the next request may be sent, as far as is known; 0 for now."""
        now = self._clock()
        if now < self.resumes_at:
            return self.resumes_at - now
        if self._in_flight >= min(self._window, self._ramp(now)):
            return _LOOKS_AGAIN_AFTER_S
        return max(0.0, self._requests.wait_s(now), self._tokens.wait_s(now))

    def done(self, *, answered: bool) -> None:
        """Take back the place of a request, however it ended."""
        if answered and self._in_flight >= self._window - 1:
            growth = max(1 / self._window, _GROWTH)
            self._window = min(self._most_in_flight, self._window + growth)
        self._in_flight -= 1
        if self._ramp_from == math.inf:
            self._ramp_from = self._clock()
        self._freed.set()

    def refused(self, sent_at: float, retry_after_s: float | None) -> None:
        """Slow down after a refusal for rate, once for a burst of them; send nothing before Retry-After has passed."""
        now = self._clock()
        if sent_at >= self._slowed_at:
            self._window = max(1.0, _LEFT_AFTER_A_REFUSAL * min(self._window, self._in_flight))
            self._slowed_at = now
        if retry_after_s and now + retry_after_s > self.resumes_at:
            self.resumes_at = now + retry_after_s + random.uniform(0, min(retry_after_s, _MAX_JITTER_S))  # noqa: S311
            self._ramp_from = self.resumes_at

    def heed(self, announced: RateLimits) -> None:
        """Follow the limits that the endpoint announces, where they are lower than those of the settings."""
        self._requests.per_s = self._share(
            _lower(announced.requests_per_minute, self._limits.requests_per_minute), self._requests.per_s
        )
        self._tokens.per_s = self._share(
            _lower(announced.tokens_per_minute, self._limits.tokens_per_minute), self._tokens.per_s
        )

    def _share(self, per_minute: float | None, unknown: float = math.inf) -> float:
        return unknown if per_minute is None else _SHARE_USED * per_minute / 60 / self._sharers

    def _ramp(self, now: float) -> float:
        return _FIRST_IN_FLIGHT * math.exp2(min(32.0, max(0.0, now - self._ramp_from) / _DOUBLES_EVERY_S))


class _Flow:
    """Something that may flow at so much a second; a moment missed is made up for, up to a tenth of a second."""

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
