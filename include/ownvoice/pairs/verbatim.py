"""The verbatim proof: the place of a quote in the cleaned text, or why there is none.

A quote may be several runs of sentences with text between them (chapter 6 asks for whole sentences where a quote is not
continuous); they must be in increasing order. A changed word, number or negation is found nowhere and fails;
so does a quote that begins or ends within a word, and one with two equally good places.

The longest run is found by halving, so the work grows with the length of the text, times the logarithm of the number of
sentences, times the number of runs, which is bounded by `MAX_PARTS`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ownvoice.chunks.offset_map import Span
from ownvoice.chunks.sentences import sentences
from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import AMBIGUOUS, MAX_PARTS, NOT_VERBATIM, DropReason


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a quote: spans of the cleaned text in increasing order; `exact` where no folding was needed."""

    spans: tuple[Span, ...]
    exact: bool


def locate(quote: str, reading: Reading) -> Place | DropReason:
    """Return the one place of `quote` in `reading`, or why there is none: `not_verbatim` or `ambiguous`.

    A quote of more than `MAX_PARTS` runs, or with more signs than the reading, is not verbatim.
    """
    if len("".join(quote.split())) > reading.signs:
        return NOT_VERBATIM
    wanted = Reading.of(quote.strip())
    whole = _locate_run(wanted, (0, len(wanted.folded.text)), reading)
    return _locate_in_parts(wanted, reading) if whole is NOT_VERBATIM else whole


def _locate_in_parts(wanted: Reading, reading: Reading) -> Place | DropReason:
    """Take the longest run of sentences that is in one piece, then the next one behind it."""
    pieces = _pieces(wanted)
    spans: list[Span] = []
    exact = True
    while pieces and len(spans) < MAX_PARTS:
        taken, place = _longest_run(wanted, pieces, reading)
        if isinstance(place, DropReason):
            return place
        if spans and place.spans[0][0] < spans[-1][1]:
            return NOT_VERBATIM
        spans += place.spans
        exact = exact and place.exact
        pieces = pieces[taken:]
    return Place(tuple(spans), exact) if spans and not pieces else NOT_VERBATIM


def _pieces(wanted: Reading) -> list[Span]:
    """Return the sentences as spans of the folded text; those with no edge between them are one."""
    pieces: list[Span] = []
    for start, end in sentences(wanted.text):
        begin, stop = wanted.edge_at(start), bisect_left(wanted.folded.origins, end)
        if pieces and begin is None:
            pieces[-1] = (pieces[-1][0], stop)
        else:
            pieces.append((begin or 0, stop))
    return pieces


def _longest_run(wanted: Reading, pieces: list[Span], reading: Reading) -> tuple[int, Place | DropReason]:
    """Return the place of the longest run of the first pieces that has one, and how many pieces it takes.

    What a longer run begins with is in the text where the longer run is: so the longest is found by halving. Its end
    alone may be within a word; that of the run before it is not, since the next piece follows there.
    """
    first = pieces[0][0]
    counts = range(1, len(pieces) + 1)

    def is_too_long(count: int) -> bool:
        return next(reading.begins_of(wanted.folded.text[first : pieces[count - 1][1]]), None) is None

    longest = bisect_left(counts, True, key=is_too_long)
    for count in range(longest, max(longest - 2, 0), -1):
        place = _locate_run(wanted, (first, pieces[count - 1][1]), reading)
        if place is not NOT_VERBATIM:
            return count, place
    return 0, NOT_VERBATIM


def _locate_run(wanted: Reading, span: Span, reading: Reading) -> Place | DropReason:
    """Look for one continuous run of the folded quote; a place to the letter is better than one found by folding."""
    start, end = span
    needle = wanted.folded.text[start:end]
    letters = wanted.text[wanted.folded.origins[start] : wanted.folded.origins[end]]
    exact: list[Span] = []
    folded: list[Span] = []
    for place in _places(needle, reading):
        (exact if reading.text[slice(*place)] == letters else folded).append(place)
        if len(exact) > 1:
            break
    best = exact or folded
    if len(best) > 1:
        return AMBIGUOUS
    return Place((best[0],), exact=bool(exact)) if best else NOT_VERBATIM


def _places(needle: str, reading: Reading) -> Iterator[Span]:
    """Yield the spans of the reading's own text where the folded `needle` begins and ends at an edge."""
    origins = reading.folded.origins
    for begin in reading.begins_of(needle):
        end = begin + len(needle)
        if reading.is_edge(end):
            yield origins[begin], origins[end]
