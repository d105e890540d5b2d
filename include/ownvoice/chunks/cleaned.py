"""The cleaned reading of an article, and the maps that take any part of it back to the original.

A cleaning works in steps. Each takes its text apart into pieces, replaces some of them, and joins the rest as they
were; so a step's map needs only where each piece stood before and after.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Where the pieces of a text stand before and after a step: piece `i` from `before[i]` to `before[i + 1]`.

    A piece that kept its length was copied and is mapped one character to one; any other is mapped as a whole.
    """

    before: Sequence[int]
    after: Sequence[int]

    @classmethod
    def of(cls, pieces: Iterable[str], kept: Iterable[str]) -> OffsetMap:
        """Return the map of a step that made `kept` of `pieces`, piece by piece."""
        return cls(_bounds(pieces), _bounds(kept))

    def span_before(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters of a span after the step come from, as a tight span before it."""
        first = bisect_right(self.after, start) - 1
        last = bisect_left(self.after, end) - 1
        span_start, span_end = self.before[first], self.before[last + 1]
        if self._is_copy(first):
            span_start += start - self.after[first]
        if self._is_copy(last):
            span_end -= self.after[last + 1] - end
        return span_start, span_end

    def offset_after(self, position: int) -> int:
        """Return how many characters after the step come from before `position`."""
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


@dataclass(frozen=True, slots=True)
class CleanedText:
    """What the model reads, and where each character of it comes from.

    `headings` are the clean offsets, ascending, at which a heading's paragraph starts; `maps` are the cleaning's
    steps in their order. All offsets count code points.
    """

    text: str
    headings: tuple[int, ...]
    maps: tuple[OffsetMap, ...]

    def original_span(self, clean_start: int, clean_end: int) -> tuple[int, int]:
        """Return where the first and the last character of a clean span come from, as a tight original span."""
        if not 0 <= clean_start < clean_end <= len(self.text):
            raise ValueError(f"[{clean_start}, {clean_end}) is no span of a text of {len(self.text)} characters")
        span = clean_start, clean_end
        for step in reversed(self.maps):
            span = step.span_before(*span)
        return span

    def rendered(self, start: int, end: int) -> str:
        """Return what the original span [start, end) leaves once its markup is removed."""
        return self.text[self.clean_offset(start) : self.clean_offset(end)]

    def clean_offset(self, position: int) -> int:
        """Return how many characters of the reading come from before `position` in the original."""
        for step in self.maps:
            position = step.offset_after(position)
        return position
