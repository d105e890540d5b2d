"""Folding: one spelling for what differs only in Unicode form, quote style and white space, with a map back.

Folding may find a quote; it never becomes the text. It changes no letter, digit, sign or word.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from ownvoice.chunks.punctuation import DOUBLE_QUOTES, SINGLE_QUOTES

_QUOTE_STYLES = str.maketrans(dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"'))

_MAX_MARKS = 30  # UAX 15's bound for streams: marks are sorted, in a time that grows with the square of their number


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its characters, where the character that it comes from begins in the source.

    `origins` has one entry more than `text`: the length of the source.
    """

    text: str
    origins: list[int]

    def source_span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the span of the source behind text[start:end]; None where it would cut a character in two."""
        cuts_character = any(
            0 < edge < len(self.text) and self.origins[edge] == self.origins[edge - 1] for edge in (start, end)
        )
        return None if cuts_character else (self.origins[start], self.origins[end])


def fold(source: str) -> Folded:
    """Fold `source`: canonical decomposition (NFD), straight quotes, one space for a run of white space."""
    text: list[str] = []
    origins: list[int] = []
    position = 0
    while position < len(source):
        end = _end_of_unit(source, position)
        unit = source[position:end]
        folded = " " if unit[0].isspace() else unicodedata.normalize("NFD", unit).translate(_QUOTE_STYLES)
        text.append(folded)
        origins.extend([position] * len(folded))
        position = end
    return Folded("".join(text), [*origins, len(source)])


def _end_of_unit(source: str, start: int) -> int:
    """Return where the run of white space, or the character with its first combining marks, at `start` ends."""
    is_space = source[start].isspace()
    is_same_unit = str.isspace if is_space else unicodedata.combining
    last = len(source) if is_space else min(len(source), start + 1 + _MAX_MARKS)
    end = start + 1
    while end < last and is_same_unit(source[end]):
        end += 1
    return end
