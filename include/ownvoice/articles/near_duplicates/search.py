"""The search for near-duplicates: new texts compared with each other and with all texts of earlier runs.

Sketches find the candidates and the originals decide: two texts are near-duplicates if the Jaccard index of their
shingles reaches a threshold. The index of sketches is completed from the originals at every reconcile, and whenever it
is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from ownvoice.articles.cluster import NearDuplicates
from ownvoice.articles.near_duplicates.shingles import jaccard, shingles
from ownvoice.articles.near_duplicates.sketch import Sketches, sketches
from ownvoice.articles.near_duplicates.sketch_index import SketchIndex
from ownvoice.storage.lake import Lake

_READERS = 16
_TEXTS_AT_A_TIME = 64
_SHINGLED_TEXTS_HELD = 256


def near_candidates(lake: Lake, texts: Collection[str]) -> set[tuple[str, str]]:
    """Index `texts`, hashes of originals; return the pairs of them and of any indexed text that may be near."""
    if not texts:
        return set()
    index, asked = SketchIndex(lake), sorted(texts)
    sketched = _sketched(lake, asked)
    index.add(asked, sketched)
    pairs = ((asked[row], text) for row, text in index.candidates(sketched))
    return {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}


def near_duplicates(lake: Lake, pairs: Iterable[tuple[str, str]], least_jaccard: float) -> NearDuplicates:
    """Return the near-duplicates among candidate pairs: those with at least `least_jaccard`, from the originals."""

    @lru_cache(_SHINGLED_TEXTS_HELD)
    def shingled(text: str) -> frozenset[str]:
        return shingles(lake.original(text))

    near: defaultdict[str, set[str]] = defaultdict(set)
    for this, that in sorted(pairs):
        if jaccard(shingled(this), shingled(that)) >= least_jaccard:
            near[this].add(that)
            near[that].add(this)
    return near


def complete_index(lake: Lake, texts: Iterable[str]) -> None:
    """Index those of `texts` (hashes of originals) that are not indexed yet."""
    index = SketchIndex(lake)
    if missing := sorted(set(texts) - index.texts()):
        index.add(missing, _sketched(lake, missing))
    index.mark_complete()


def _sketched(lake: Lake, texts: Sequence[str]) -> Sketches:
    """Return the sketches of originals, of which only some are in memory at a time."""
    parts = [texts[start : start + _TEXTS_AT_A_TIME] for start in range(0, len(texts), _TEXTS_AT_A_TIME)]
    with ThreadPoolExecutor(_READERS) as readers:
        return np.concatenate([sketches(map(shingles, readers.map(lake.original, part))) for part in parts])
