"""Sketches: 64 short keys of a text, of which near-duplicates share several. Pure.

This is MinHash (Broder, 1997) with bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3). Each key
is a hash of two of 128 minima, so texts with the Jaccard index J share a key with probability J². Texts that share at
least seven keys are candidates: 99.8 % of the pairs at J = 0.5, and one in 70,000 at J = 0.11, which two articles with
the same footer may have. Counting shared keys separates the two far better than asking for one longer key.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

KEYS = 64
MIN_SHARED = 7

Sketches = npt.NDArray[np.uint16]
"""A row of `KEYS` keys for each text."""

_MINIMA_PER_KEY = 2
_SEED = 42
_MAX_PER_KEY = 256  # texts compared under one key: thousands of near-copies would cost the square of their number


def sketch_version() -> str:
    """Return the name of this way of making sketches; sketches of two versions cannot be compared."""
    from rensa import RMinHash

    return f"{KEYS}x{_MINIMA_PER_KEY}-{RMinHash.ALGORITHM_VERSION}"


def sketches(shingles: Iterable[frozenset[str]]) -> Sketches:
    """Return the sketch of each set of shingles."""
    from rensa import RMinHash

    sets = [list(one) for one in shingles]
    minima = np.array(RMinHash.digests_from_token_sets(sets, KEYS * _MINIMA_PER_KEY, _SEED), np.uint64)
    minima = minima.reshape(len(sets), KEYS, _MINIMA_PER_KEY)
    mixed = minima[..., 0] * np.uint64(0x9E3779B97F4A7C15) + minima[..., 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    return (mixed >> np.uint64(48)).astype(np.uint16)


def candidates(asked: Sketches, known: Sketches) -> list[tuple[int, int]]:
    """Return (row of `asked`, row of `known`) for each pair of sketches that share at least `MIN_SHARED` keys."""
    pairs = [_sharing(asked[:, key], known[:, key], len(asked)) for key in range(KEYS)]
    found, shared = np.unique(np.concatenate(pairs), return_counts=True)
    known_rows, asked_rows = np.divmod(found[shared >= MIN_SHARED], max(1, len(asked)))
    return list(zip(asked_rows.tolist(), known_rows.tolist(), strict=True))


def _sharing(asked: Sketches, known: Sketches, asked_rows: int) -> npt.NDArray[np.int64]:
    """Return the pairs of rows with the same key, each as the number `known row * asked_rows + asked row`."""
    order = np.argsort(asked, kind="stable")
    counts = np.bincount(asked, minlength=1 << 16)
    first = np.cumsum(counts) - counts
    each = np.minimum(counts[known], _MAX_PER_KEY)
    rows = np.flatnonzero(each)
    each = each[rows]
    places = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each) + np.repeat(first[known[rows]], each)
    pairs: npt.NDArray[np.int64] = np.repeat(rows, each) * asked_rows + order[places]
    return pairs
