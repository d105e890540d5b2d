"""Distances of a text from an author's style, over the shares of function words. Pure.

A distance shrinks as a text grows, so that it says nothing by itself: it is divided by the author's own floor, the
median distance of the author's text of the same size that the distance was not made from. The ratio has bands.

Counts are arrays of shape (texts, words + 1): how often each function word occurs, and in the last column all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ownvoice.style.bootstrap import Floats
from ownvoice.style.words import words

Distance = Callable[[Floats], Floats]
"""From counts to the distance of each row; NaN for a row without a function word."""

Band = Literal["author", "nearer", "another"]
AUTHOR_BAND, NEARER_BAND = 1.2, 1.8
"""Ratios up to which text is the author's, and below which it is nearer than another writer (judgements)."""

MIN_WORDS = 1000
"""Of a text to be measured: at 300 words the median ratio of another writer's Jensen-Shannon divergence is 1.19."""

_DRAWS, _SEED = 400, 20182
_ROUNDING = 1e-9  # two means of the same shares in another order differ by less, and are no direction


def word_counts(texts: Sequence[str], vocabulary: Sequence[str]) -> Floats:
    """Return the counts of `vocabulary` in each text."""
    places = {word: place for place, word in enumerate(vocabulary)}
    counts = np.zeros((len(texts), len(vocabulary) + 1))
    for row, text in enumerate(texts):
        for word, count in Counter(words(text)).items():
            counts[row, places.get(word, len(vocabulary))] += count
    return counts


def cosine_delta(author: Floats, other: Floats) -> Distance:
    """Return Cosine Delta: one minus the cosine of z-scores with those of the author (Smith and Aldridge 2011).

    `author` and `other` are counts of passages of about one length, by the author and by those the author is told
    from. The z-scores have their zero halfway between the two (at the author's own mean, the author would have no
    direction), and as their unit how much either varies within itself, so that it does not count how many passages
    there are of each.
    """
    mine, theirs = (_shares(counts[counts.any(axis=1)]) for counts in (author, other))
    if not len(mine) or not len(theirs):
        return _nothing
    spread = np.sqrt((mine.var(axis=0) + theirs.var(axis=0)) / 2)
    spread[spread < _ROUNDING] = np.inf
    centre = (mine.mean(axis=0) + theirs.mean(axis=0)) / 2
    direction = (mine.mean(axis=0) - centre) / spread
    if np.linalg.norm(direction) < _ROUNDING:
        return _nothing

    def distance(counts: Floats) -> Floats:
        scores = (_shares(counts) - centre) / spread
        norms = np.linalg.norm(scores, axis=1) * np.linalg.norm(direction)
        return _judged(counts, 1 - scores @ direction / np.where(norms < _ROUNDING, np.inf, norms))

    return distance


def jensen_shannon(author: Floats) -> Distance:
    """Return the Jensen-Shannon divergence, base 2, between function words of a text and the author's: 0 to 1."""
    expected = author[:, :-1].sum(axis=0, keepdims=True)
    if not expected.any():
        return _nothing
    expected = expected / expected.sum()

    def distance(counts: Floats) -> Floats:
        found = counts[:, :-1] / np.maximum(counts[:, :-1].sum(axis=1, keepdims=True), 1.0)
        middle = (found + expected) / 2
        return _judged(counts, (_divergence(found, middle) + _divergence(expected, middle)) / 2)

    return distance


@dataclass(frozen=True, slots=True)
class Measured:
    """A distance of a text and what it is held against; `band` says what the ratio means."""

    distance: float
    floor: float
    ratio: float
    band: Band


def measured(distance: Distance, texts: Floats, held_out: Floats, article_ids: Sequence[str]) -> Measured | None:
    """Return the distance of `texts`, taken together, divided by the author's floor at its size.

    `held_out` are counts of passages of the author that `distance` was not made from, and `article_ids` their articles.
    None where the texts have fewer than 1,000 words, where the author has no passage, or either no function word.
    """
    if texts.sum() < MIN_WORDS:
        return None
    own = floor(distance, held_out, article_ids, int(texts.sum()))
    found = float(distance(texts.sum(axis=0, keepdims=True))[0])
    if own is None or np.isnan(found):
        return None
    ratio = found / own
    return Measured(found, own, ratio, band(ratio))


def floor(distance: Distance, held_out: Floats, article_ids: Sequence[str], size_words: int) -> float | None:
    """Return the median distance of the author's own text of `size_words`; None where there is none.

    Articles are drawn, then passages of them: passages alone would leave out how far the next articles may lie, and the
    author's own text would fall out of the band (decision 0044).
    """
    spoken = held_out.sum(axis=1)
    if not spoken.any() or not size_words:
        return None
    _, places = np.unique(np.asarray(article_ids, object).astype(str), return_inverse=True)
    articles = int(places.max()) + 1
    random = np.random.default_rng(_SEED)
    weights = random.multinomial(articles, np.full(articles, 1 / articles), _DRAWS)[:, places] * (spoken > 0)
    weights = weights[weights.any(axis=1)]
    count = max(1, round(size_words / spoken[spoken > 0].mean()))
    drawn = random.multinomial(count, weights / weights.sum(axis=1, keepdims=True))
    found = distance(drawn @ held_out)
    found = found[~np.isnan(found)]
    return float(np.median(found)) if found.any() else None


def band(ratio: float) -> Band:
    """Return what a ratio means."""
    if ratio <= AUTHOR_BAND:
        return "author"
    return "nearer" if ratio < NEARER_BAND else "another"


def _shares(counts: Floats) -> Floats:
    found: Floats = counts[:, :-1] / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    return found


def _nothing(counts: Floats) -> Floats:
    """Return no distance: there is nothing to measure from."""
    return np.full(len(counts), np.nan)


def _judged(counts: Floats, distances: Floats) -> Floats:
    return np.where(counts[:, :-1].any(axis=1), distances, np.nan)


def _divergence(these: Floats, those: Floats) -> Floats:
    """Return the Kullback-Leibler divergence of each row in bits; `those` are above 0 where `these` are."""
    shares = these / np.where(those > 0, those, 1.0)
    terms: Floats = (these * np.log2(np.where(shares > 0, shares, 1.0))).sum(axis=1)
    return terms
