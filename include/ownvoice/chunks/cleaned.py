"""The cleaned reading of an article, and the map that takes any part of it back to the original.

The map is a row of segments in the order of the text. A segment is a copy (its clean characters stand in the
original one for one) or a replacement (a few clean characters, such as a paragraph break, that stand for a
stretch of the original). What lies between two segments is markup that left nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

Edit = tuple[int, int, str]
"""Start and end in the original, and what stands there in the reading instead."""


@dataclass(frozen=True, slots=True)
class CleanedText:
    """What the model reads, and where each character of it comes from.

    `headings` are the clean offsets, ascending, at which a heading's paragraph starts. The segments are parallel
    tuples: `clean_starts` (with `len(text)` at its end), and `starts` and `ends` in the original. All offsets count
    code points.
    """

    text: str
    headings: tuple[int, ...]
    clean_starts: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original_span(self, clean_start: int, clean_end: int) -> tuple[int, int]:
        """Return where the first and the last character of a clean span come from, as a tight original span."""
        if not 0 <= clean_start < clean_end <= len(self.text):
            raise ValueError(f"[{clean_start}, {clean_end}) is no span of a text of {len(self.text)} characters")
        first = bisect_right(self.clean_starts, clean_start) - 1
        last = bisect_left(self.clean_starts, clean_end) - 1
        start, end = self.starts[first], self.ends[last]
        if self._is_copy(first):
            start += clean_start - self.clean_starts[first]
        if self._is_copy(last):
            end -= self.clean_starts[last + 1] - clean_end
        return start, end

    def rendered(self, start: int, end: int) -> str:
        """Return what the original span [start, end) leaves once its markup is removed."""
        return self.text[self.clean_offset(start) : self.clean_offset(end)]

    def clean_offset(self, position: int) -> int:
        """Return how many characters of the reading come from before `position` in the original."""
        segment = bisect_left(self.starts, position) - 1
        if segment < 0:
            return 0
        if not self._is_copy(segment):
            return self.clean_starts[segment + 1]
        return self.clean_starts[segment] + min(position, self.ends[segment]) - self.starts[segment]

    def _is_copy(self, segment: int) -> bool:
        clean_length = self.clean_starts[segment + 1] - self.clean_starts[segment]
        return clean_length == self.ends[segment] - self.starts[segment]


def apply_edits(original: str, edits: Iterable[Edit], heading_starts: Iterable[int] = ()) -> CleanedText:
    """Return the reading that `edits` make of `original`: everything else is copied.

    Edits come in ascending order, the last one at the end of the text; where two overlap, the later one yields.
    `heading_starts` are offsets into `original`, ascending.
    """
    pieces: list[str] = []
    clean_starts: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    position = clean_length = 0
    for start, end, replacement in edits:
        if start > position:
            pieces.append(original[position:start])
            clean_starts.append(clean_length)
            starts.append(position)
            ends.append(start)
            clean_length += start - position
        elif end <= position:
            continue
        if replacement:
            pieces.append(replacement)
            clean_starts.append(clean_length)
            starts.append(start)
            ends.append(end)
            clean_length += len(replacement)
        position = end
    clean_starts.append(clean_length)
    reading = CleanedText("".join(pieces), (), tuple(clean_starts), tuple(starts), tuple(ends))
    headings = tuple(reading.clean_offset(start) for start in heading_starts)
    return replace(reading, headings=headings) if headings else reading
