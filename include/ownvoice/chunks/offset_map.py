"""The map of one step of a cleaning: from any place after the step back to the place it came from, and forward.

A step takes its text apart into pieces, replaces some of them, and joins all again. So its map needs only where each
piece begins before and after the step.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

Span = tuple[int, int]
"""Start and end of a part of a text; the end is the offset after its last character. Offsets count code points."""


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Where the pieces of a text begin before and after a step: piece `i` lies from `before[i]` to `before[i + 1]`.

    Offsets count code points. A piece that kept its length is mapped character by character; any other is mapped as a
    whole.
    """

    before: Sequence[int]
    after: Sequence[int]

    @classmethod
    def of(cls, pieces: Iterable[str], kept: Iterable[str]) -> OffsetMap:
        """Return the map of a step that replaced each of `pieces` by its counterpart in `kept`."""
        return cls(_bounds(pieces), _bounds(kept))

    def span_before(self, start: int, end: int) -> Span:
        """Return the tightest span before the step that holds all characters of a span after it."""
        first = bisect_right(self.after, start) - 1
        last = bisect_left(self.after, end) - 1
        span_start, span_end = self.before[first], self.before[last + 1]
        if self._is_copy(first):
            span_start += start - self.after[first]
        if self._is_copy(last):
            span_end -= self.after[last + 1] - end
        return span_start, span_end

    def offset_after(self, position: int) -> int:
        """Return the offset after the step that `position`, an offset before it, became."""
        piece = bisect_left(self.before, position) - 1
        if piece < 0:
            return 0
        if self._is_copy(piece):
            return self.after[piece] + position - self.before[piece]
        return self.after[piece + 1]

    def _is_copy(self, piece: int) -> bool:
        before, after = self.before, self.after
        return after[piece + 1] - after[piece] == before[piece + 1] - before[piece]


def _bounds(pieces: Iterable[str]) -> list[int]:
    return list(accumulate(map(len, pieces), initial=0))
