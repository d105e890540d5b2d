"""A text that quotes are looked up in: folded, with the places at which a quote may begin or end."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ownvoice.chunks.punctuation import WORD_JOINERS
from ownvoice.pairs.fold import Folded, fold

_NUMBER_JOINERS = ".,"
_SEQUENCE_JOINERS = "\u200c\u200d\ufe0e\ufe0f"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, folded once for all that is looked up in it. Offsets are into the folded text.

    An edge is an offset that cuts no word, no number and no composed character in two.
    """

    text: str
    folded: Folded

    @classmethod
    def of(cls, text: str) -> Reading:
        """Fold `text` and keep both."""
        return cls(text, fold(text))

    @property
    def signs(self) -> int:
        """How many characters the folded text has besides white space."""
        return len(self.folded.text) - self.folded.text.count(" ")

    def is_edge(self, offset: int) -> bool:
        """Whether a quote may begin or end at `offset`."""
        origins = self.folded.origins
        cuts_character = 0 < offset < len(self.folded.text) and origins[offset] == origins[offset - 1]
        return not cuts_character and not _splits_word(self.text, origins[offset])

    def edge_at(self, position: int) -> int | None:
        """Return the edge at `position` of the source; None where there is none."""
        offset = bisect_left(self.folded.origins, position)
        return offset if self.folded.origins[offset] == position and self.is_edge(offset) else None

    def begins_of(self, needle: str) -> Iterator[int]:
        """Yield the edges at which the folded `needle` begins, in order; it goes on at the next edge."""
        at = self.folded.text.find(needle) if needle else -1
        while at >= 0:
            if self.is_edge(at):
                yield at
            at += 1
            while at < len(self.folded.text) and not self.is_edge(at):
                at += 1
            at = self.folded.text.find(needle, at)


def _splits_word(text: str, edge: int) -> bool:
    """Whether a cut at `edge` would leave a part of a word, of a number or of a composed character on each side.

    "n't" is part of its word, "non-" of what follows and ".5" of "3.5": a quote that leaves them out says otherwise.
    """
    if not 0 < edge < len(text):
        return False
    before, after = text[edge - 1], text[edge]
    if after in _SEQUENCE_JOINERS or before == "\u200d" or _is_mark(after):
        return True
    if _is_of_word(text, edge - 1) and _is_of_word(text, edge):
        return True
    return _joins(text, edge - 1) or _joins(text, edge)


def _joins(text: str, position: int) -> bool:
    """Whether the character at `position` holds two halves of one word or number together."""
    if not 0 < position < len(text) - 1:
        return False
    sign = text[position]
    if sign in _NUMBER_JOINERS:
        return text[position - 1].isdigit() and text[position + 1].isdigit()
    return sign in WORD_JOINERS and _is_of_word(text, position - 1) and _is_of_word(text, position + 1)


def _is_of_word(text: str, position: int) -> bool:
    """Whether the character at `position` is a letter or a digit, or an accent or a vowel sign on one."""
    while position > 0 and _is_mark(text[position]):
        position -= 1
    return text[position].isalnum()


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
