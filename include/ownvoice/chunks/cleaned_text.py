"""The cleaned text of an article, with the way back to the original."""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.chunks.offset_map import OffsetMap, Span


@dataclass(frozen=True, slots=True)
class CleanedText:
    """The text that a model reads, and where each character of it comes from.

    `headings` are the offsets in `text`, ascending, at which a heading begins. `maps` holds a map for each step of the
    cleaning, in the order of the steps. All offsets count code points.
    """

    text: str
    headings: tuple[int, ...]
    maps: tuple[OffsetMap, ...]

    def original_span(self, clean_start: int, clean_end: int) -> Span:
        """Return the tightest span of the original that holds all characters of a span of the cleaned text."""
        if not 0 <= clean_start < clean_end <= len(self.text):
            raise ValueError(f"[{clean_start}, {clean_end}) is no span of a text of {len(self.text)} characters")
        span = clean_start, clean_end
        for step in reversed(self.maps):
            span = step.span_before(*span)
        return span

    def rendered(self, start: int, end: int) -> str:
        """Return the text of the span [start, end) of the original without its markup."""
        return self.text[self.clean_offset(start) : self.clean_offset(end)]

    def clean_offset(self, position: int) -> int:
        """Return the offset in the cleaned text that `position`, an offset in the original, became."""
        for step in self.maps:
            position = step.offset_after(position)
        return position
