"""Over-used words: which words a model writes more often than the author, with counts. Pure.

Log-odds with a Dirichlet prior, so that a rare word does not come first by chance (Monroe, Colaresi and Quinn,
"Fightin' Words", 2008, section 3.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from ownvoice.style.words import words

_PRIOR_WORDS = 500
SIGNIFICANT_Z = 1.96


@dataclass(frozen=True, slots=True)
class OverUsed:
    """A word: its z-score, how often it occurs in the texts and in the author's, and in how many of the texts."""

    word: str
    z: float
    count: int
    author_count: int
    per_10k_words: float
    author_per_10k_words: float
    texts: int


def over_used(texts: Sequence[str], author_texts: Iterable[str], most: int = 30) -> list[OverUsed]:
    """Return the words that `texts` have more often than the author's with z above 1.96, the strongest first.

    A word that only one of several texts has is left out: it is that text's subject.
    """
    each = [Counter(words(text)) for text in texts]
    counts: Counter[str] = sum(each, Counter())
    spread = Counter(word for text in each for word in text)
    author = Counter(word for text in author_texts for word in words(text))
    total, author_total = counts.total(), author.total()
    if not total or not author_total:
        return []
    candidates = [word for word in counts if spread[word] > 1 or len(texts) == 1]
    scores = {word: _z(counts[word], total, author[word], author_total) for word in candidates}
    ranked = sorted(
        (word for word in candidates if scores[word] > SIGNIFICANT_Z), key=lambda word: (-scores[word], word)
    )
    return [
        OverUsed(
            word=word,
            z=scores[word],
            count=counts[word],
            author_count=author[word],
            per_10k_words=10_000 * counts[word] / total,
            author_per_10k_words=10_000 * author[word] / author_total,
            texts=spread[word],
        )
        for word in ranked[:most]
    ]


def _z(count: int, total: int, author_count: int, author_total: int) -> float:
    prior = _PRIOR_WORDS * (count + author_count) / (total + author_total)
    odds = _log_odds(count, total, prior) - _log_odds(author_count, author_total, prior)
    return odds / sqrt(1 / (count + prior) + 1 / (author_count + prior))


def _log_odds(count: int, total: int, prior: float) -> float:
    rest = total + _PRIOR_WORDS - count - prior
    return log((count + prior) / rest) if rest > 0 else 0.0
