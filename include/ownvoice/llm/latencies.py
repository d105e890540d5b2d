"""How long the latest answers of an endpoint took."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field

_LATEST = 500
_ENOUGH = 20
_TIMES_P99 = 1.5
_MIN_BOUND_S = 1.0


@dataclass(slots=True)
class Latencies:
    """The latencies of the latest answers in seconds, 500 at most."""

    _in_order: deque[float] = field(default_factory=deque)
    _sorted: list[float] = field(default_factory=list)

    def add(self, latency_s: float) -> None:
        """Add one; the oldest makes room."""
        self._in_order.append(latency_s)
        insort(self._sorted, latency_s)
        if len(self._in_order) > _LATEST:
            del self._sorted[bisect_left(self._sorted, self._in_order.popleft())]

    @property
    def median_s(self) -> float | None:
        """What an answer usually takes; None before the first."""
        return self._sorted[len(self._sorted) // 2] if self._sorted else None

    @property
    def bound_s(self) -> float:
        """What no answer takes: half as long again as the 99th percentile; infinite before there are 20."""
        if len(self._sorted) < _ENOUGH:
            return math.inf
        return max(_MIN_BOUND_S, _TIMES_P99 * self._sorted[math.ceil(0.99 * len(self._sorted)) - 1])
