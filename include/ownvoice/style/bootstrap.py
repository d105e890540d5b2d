"""Intervals by drawing whole articles: the passages of one article are not independent of each other. Pure.

Percentile bootstrap of clusters (Davison and Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8).
The percentiles are moved outwards where articles are few (Hesterberg, "What Teachers Should Know About the Bootstrap",
2014): without it an interval over ten articles covers too little, and a rule promotes too often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_DRAWS, _SEED = 2000, 20181


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the ends of its 95 % interval."""

    mean: float
    low: float
    high: float


def paired_difference(
    scores: Sequence[float] | Floats, other_scores: Sequence[float] | Floats, article_ids: Sequence[str]
) -> Interval | None:
    """Return the mean of `scores - other_scores` over answers to the same prompts, with its interval.

    `article_ids` names the article of each prompt. None where there are fewer than two articles: nothing says then how
    far another article would have moved it.
    """
    difference = np.asarray(scores, float) - np.asarray(other_scores, float)
    _, places = np.unique(np.asarray(article_ids, object).astype(str), return_inverse=True)
    sums, counts = np.bincount(places, difference), np.bincount(places)
    if len(counts) < 2:
        return None
    drawn = _drawn(len(counts), _SEED)
    return _interval(float(difference.mean()), (drawn @ sums) / (drawn @ counts), len(counts))


def auc(
    scores: Sequence[float] | Floats,
    article_ids: Sequence[str],
    other_scores: Sequence[float] | Floats,
    other_article_ids: Sequence[str],
) -> Interval | None:
    """Return how often one of `scores` is above one of `other_scores`, a tie counting half, with its interval.

    0.5 where the two cannot be told apart. None where a side has no score; an interval of (0, 1) where a side has one
    article.
    """
    if not len(scores) or not len(other_scores):
        return None
    wins, counts, other_counts = _wins(scores, article_ids, other_scores, other_article_ids)
    mean = float(wins.sum() / (counts.sum() * other_counts.sum()))
    fewest = min(len(counts), len(other_counts))
    if fewest < 2:
        return Interval(mean, 0.0, 1.0)
    drawn, other_drawn = _drawn(len(counts), _SEED), _drawn(len(other_counts), _SEED + 1)
    won = np.einsum("da,ab,db->d", drawn, wins, other_drawn, optimize=True)
    return _interval(mean, won / ((drawn @ counts) * (other_drawn @ other_counts)), fewest)


def _wins(
    scores: Sequence[float] | Floats, articles: Sequence[str], others: Sequence[float] | Floats, ids: Sequence[str]
) -> tuple[Floats, Floats, Floats]:
    """Return how many pairs of scores are won, by article and other article, and the number of scores of each."""
    here, places = np.unique(np.asarray(articles, object).astype(str), return_inverse=True)
    there, other_places = np.unique(np.asarray(ids, object).astype(str), return_inverse=True)
    mine, theirs = np.asarray(scores, float), np.asarray(others, float)
    wins = np.zeros((len(here), len(there)))
    for place in range(len(there)):
        held = np.sort(theirs[other_places == place])
        won = (np.searchsorted(held, mine, "left") + np.searchsorted(held, mine, "right")) / 2
        wins[:, place] = np.bincount(places, won, len(here))
    return wins, np.bincount(places).astype(float), np.bincount(other_places).astype(float)


def _drawn(articles: int, seed: int) -> Floats:
    """Return how often each article is in each draw: articles with replacement, as many as there are."""
    drawn = np.random.default_rng(seed).multinomial(articles, np.full(articles, 1 / articles), _DRAWS)
    return drawn.astype(float)


def _interval(mean: float, draws: Floats, articles: int) -> Interval:
    tail = NormalDist().cdf(-sqrt(articles / (articles - 1)) * _student_t(articles - 1))
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(mean, float(low), float(high))


def _student_t(freedom: int) -> float:
    """Return the 97.5th percentile of Student's t, within 0.2 % from four degrees of freedom on.

    Abramowitz and Stegun 1964, 26.7.5; the trainer's environment, in which a model is promoted, has no scipy.
    """
    z = NormalDist().inv_cdf(0.975)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))
