"""The verbatim proof: the place of a quote in the cleaned text, or why there is none.

A quote may be several runs of sentences with text between them (chapter 6 asks for whole sentences where a quote is not
continuous); they must be in increasing order. A changed word, number or negation is found nowhere and fails;
so does a quote that begins or ends within a word, and one with two equally good places.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ownvoice.chunks.punctuation import WORD_JOINERS
from ownvoice.chunks.sentences import sentences
from ownvoice.pairs.fold import Folded, fold
from ownvoice.pairs.reasons import AMBIGUOUS, NOT_VERBATIM, DropReason

_NUMBER_JOINERS = ".,"
_SEQUENCE_JOINERS = "\u200c\u200d\ufe0e\ufe0f"


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a quote: spans of the cleaned text in increasing order; `exact` where no folding was needed."""

    spans: tuple[tuple[int, int], ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A chunk's text, folded once for all the quotes that are looked up in it."""

    text: str
    folded: Folded

    @classmethod
    def of(cls, text: str) -> Reading:
        """Fold `text` and keep both."""
        return cls(text, fold(text))


def locate(quote: str, reading: Reading) -> Place | DropReason:
    """Return the one place of `quote` in `reading`, or why there is none: `not_verbatim` or `ambiguous`."""
    quote = quote.strip()
    whole = _locate_run(quote, reading)
    if isinstance(whole, Place) or whole is AMBIGUOUS:
        return whole
    return _locate_in_parts(quote, reading)


def _locate_in_parts(quote: str, reading: Reading) -> Place | DropReason:
    """Take the longest run of sentences that is in one piece, then the next one behind it."""
    pieces = sentences(quote)
    spans: list[tuple[int, int]] = []
    exact = True
    first = 0
    while first < len(pieces):
        for last in range(len(pieces), first, -1):
            place = _locate_run(quote[pieces[first][0] : pieces[last - 1][1]], reading)
            if place is not NOT_VERBATIM:
                break
        if isinstance(place, DropReason):
            return place
        if spans and place.spans[0][0] < spans[-1][1]:
            return NOT_VERBATIM
        spans += place.spans
        exact = exact and place.exact
        first = last
    return Place(tuple(spans), exact) if spans else NOT_VERBATIM


def _locate_run(quote: str, reading: Reading) -> Place | DropReason:
    """Look for one continuous run: to the letter first, then folded."""
    exact = [span for span in _occurrences(quote, reading.text) if _is_whole_words(reading.text, span)]
    if exact:
        return Place((exact[0],), exact=True) if len(exact) == 1 else AMBIGUOUS
    spans = (reading.folded.source_span(*span) for span in _occurrences(fold(quote).text, reading.folded.text))
    folded = [span for span in spans if span and _is_whole_words(reading.text, span)]
    if folded:
        return Place((folded[0],), exact=False) if len(folded) == 1 else AMBIGUOUS
    return NOT_VERBATIM


def _occurrences(needle: str, haystack: str) -> Iterator[tuple[int, int]]:
    start = haystack.find(needle) if needle else -1
    while start >= 0:
        yield start, start + len(needle)
        start = haystack.find(needle, start + 1)


def _is_whole_words(text: str, span: tuple[int, int]) -> bool:
    return not any(_splits_word(text, edge) for edge in span)


def _splits_word(text: str, edge: int) -> bool:
    """Whether a cut at `edge` would leave a part of a word, of a number or of a composed character on each side.

    "n't" is part of its word, "non-" of what follows and ".5" of "3.5": a quote that leaves them out says otherwise.
    """
    if not 0 < edge < len(text):
        return False
    before, after = text[edge - 1], text[edge]
    if after in _SEQUENCE_JOINERS or before == "\u200d" or unicodedata.combining(after):
        return True
    if before.isalnum() and after.isalnum():
        return True
    return _joins(text, edge - 1) or _joins(text, edge)


def _joins(text: str, position: int) -> bool:
    """Whether the character at `position` holds two halves of one word or number together."""
    if not 0 < position < len(text) - 1:
        return False
    left, sign, right = text[position - 1], text[position], text[position + 1]
    if sign in _NUMBER_JOINERS:
        return left.isdigit() and right.isdigit()
    return sign in WORD_JOINERS and left.isalnum() and right.isalnum()
