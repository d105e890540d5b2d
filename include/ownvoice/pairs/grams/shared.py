"""The search for shared grams: those that texts on both sides of the split hold.

It goes through the index in ranges of grams, so that memory does not grow with the lake, and asks only about the grams
of some texts, so that a night costs one pass over the index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ownvoice.pairs.grams.grams import Grams, look_up
from ownvoice.pairs.grams.index import MAX_GRAM, Segment

TRAIN, TEST = 1, 2
SIDES = {"train": TRAIN, "test": TEST}
_BOTH = TRAIN | TEST
_GRAMS_AT_A_TIME = 4_000_000

TextSides = Mapping[str, int]
"""The sides of each text (the hash of an original), as the sum of `TRAIN` and `TEST`."""

_Flags = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shared:
    """The grams of the asked texts that both sides hold, and the `texts` with one that both sides hold only now."""

    grams: Grams
    texts: frozenset[str]


def shared_grams(segments: Sequence[Segment], before: TextSides, after: TextSides, asked: Collection[str]) -> Shared:
    """Return what the sides share among the grams of `asked`, texts that are in the index like those of `after`.

    `before` and `after` are the texts on each side before and after the commit that is being made.
    """
    staying = {text: sides & before.get(text, 0) for text, sides in after.items()}
    found: list[Grams] = []
    texts: set[str] = set()
    for first, last in _ranges(segments, asked):
        search = _Range(segments, first, last)
        known = search.grams_of(asked)
        now, earlier = search.sides(known, (after, staying))
        found.append(known[now == _BOTH])
        texts.update(search.texts_with(known[(now == _BOTH) & (earlier != _BOTH)], after))
    return Shared(np.concatenate(found), frozenset(texts))


def texts_with(segments: Sequence[Segment], wanted: Grams, among: Collection[str]) -> frozenset[str]:
    """Return the texts of `among` that hold one of the grams `wanted`."""
    return frozenset(text for one in segments for text in _Range([one], 0, MAX_GRAM).texts_with(wanted, among))


@dataclass(frozen=True, slots=True)
class _Range:
    """The entries of all segments between two grams; one segment's are in memory at a time."""

    segments: Sequence[Segment]
    first: int
    last: int

    def grams_of(self, texts: Collection[str]) -> Grams:
        """Return the grams of some texts."""
        parts = [np.empty(0, np.uint64)]
        for segment in self.segments:
            if any(chosen := [text in texts for text in segment.texts]):
                found, places = segment.between(self.first, self.last)
                parts.append(np.unique(found[np.array(chosen)[places]]))
        return np.unique(np.concatenate(parts))

    def sides(self, known: Grams, times: Sequence[TextSides]) -> list[_Flags]:
        """Return the sides that hold each gram of `known`, by the sides of the texts at each of `times`."""
        totals = [np.zeros(len(known), np.uint8) for _ in times]
        for segment in self.segments if len(known) else ():
            found, places = segment.between(self.first, self.last)
            held, where = look_up(found, known)
            where, places = where[held], places[held]
            for total, sides in zip(totals, times, strict=True):
                of_text = np.array([sides.get(text, 0) for text in segment.texts], np.uint8)[places]
                for side in (TRAIN, TEST):
                    total[where[(of_text & side) > 0]] |= side
        return totals

    def texts_with(self, wanted: Grams, among: Collection[str]) -> Iterator[str]:
        """Yield the texts of `among` that hold one of the grams `wanted`."""
        for segment in self.segments if len(wanted) else ():
            found, places = segment.between(self.first, self.last)
            held, _ = look_up(found, wanted)
            texts = list(segment.texts)
            yield from (texts[place] for place in np.unique(places[held]) if texts[place] in among)


def _ranges(segments: Sequence[Segment], asked: Collection[str]) -> Iterator[tuple[int, int]]:
    """Divide all grams into ranges of which each holds few of the grams of `asked`; grams are spread evenly."""
    entries = sum(count for segment in segments for text, count in segment.texts.items() if text in asked)
    ranges = 1 + entries // _GRAMS_AT_A_TIME
    edges = [(MAX_GRAM + 1) * number // ranges for number in range(ranges + 1)]
    yield from ((first, last - 1) for first, last in pairwise(edges))
