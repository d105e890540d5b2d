"""The verbatim proof by trying everything: what `pairs.verbatim` must find, in as plain and slow a way as there is."""

from __future__ import annotations

from ownvoice.chunks.offset_map import Span
from ownvoice.chunks.sentences import sentences
from ownvoice.pairs.fold import fold
from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import AMBIGUOUS, NOT_VERBATIM, DropReason
from ownvoice.pairs.verbatim import Place


def plainly_locate(quote: str, reading: Reading) -> Place | DropReason:
    """Return what `locate` should: every run of sentences is tried at every place, the longest run first."""
    spans: list[Span] = []
    pieces, exact = sentences(quote), True
    while pieces:
        runs = [(count, quote[pieces[0][0] : pieces[count - 1][1]]) for count in range(len(pieces), 0, -1)]
        tried = ((count, _locate_run(run, reading)) for count, run in runs)
        count, place = next(((count, one) for count, one in tried if one is not NOT_VERBATIM), (0, NOT_VERBATIM))
        if isinstance(place, DropReason):
            return place
        if spans and place.spans[0][0] < spans[-1][1]:
            return NOT_VERBATIM
        pieces, spans, exact = pieces[count:], [*spans, *place.spans], exact and place.exact
    return Place(tuple(spans), exact) if spans else NOT_VERBATIM


def _locate_run(run: str, reading: Reading) -> Place | DropReason:
    needle, folded = fold(run).text, reading.folded
    starts = [at for at in range(len(folded.text)) if folded.text.startswith(needle, at)]
    edges = [(at, at + len(needle)) for at in starts if reading.is_edge(at) and reading.is_edge(at + len(needle))]
    spans = [(folded.origins[start], folded.origins[end]) for start, end in edges]
    exact = [span for span in spans if reading.text[slice(*span)] == run]
    found = exact or spans
    return AMBIGUOUS if len(found) > 1 else Place((found[0],), bool(exact)) if found else NOT_VERBATIM
