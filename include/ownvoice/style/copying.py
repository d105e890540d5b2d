"""Copying: how much of a text stands word for word in the author's articles, and how much of his own text does. Pure.

A run of eight words in a row counts (the 8-grams of an article). An author repeats himself, so that copying has a
floor: each of his passages against his other articles. An 8-gram of three or more articles is a stock phrase or a
footer, and is no copy. Near-duplicates count as one article: they have one `cluster`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ownvoice.style.words import words

RUN_WORDS = 8
_STOCK_PHRASE_ARTICLES = 3

_Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """The share of a text's words in a run of eight that an article has, and its longest run in one article, in words.

    Both are 0 where no run of eight words is copied.
    """

    share: float
    longest_run_words: int

    @property
    def copies(self) -> bool:
        """Whether the text has a copied run at all."""
        return self.longest_run_words > 0


class CopyIndex:
    """The runs of eight words of an author's articles."""

    def __init__(self, articles: Iterable[tuple[str, str]]) -> None:
        """Index articles, each given as (cluster, text)."""
        found: defaultdict[_Gram, set[str]] = defaultdict(set)
        for cluster, text in articles:
            for gram in _grams(words(text)):
                found[gram].add(cluster)
        self._clusters = {
            gram: frozenset(clusters) for gram, clusters in found.items() if len(clusters) < _STOCK_PHRASE_ARTICLES
        }

    def copied(self, text: str, but: str | None = None) -> Copied:
        """Return how much of `text` is in the articles, those of the cluster `but` left out."""
        spoken = words(text)
        held = [self._clusters.get(gram, frozenset()) - {but} for gram in _grams(spoken)]
        covered = {place + word for place, clusters in enumerate(held) if clusters for word in range(RUN_WORDS)}
        return Copied(len(covered) / max(len(spoken), 1), _longest(held))

    def own(self, passages: Iterable[tuple[str, str]]) -> list[Copied]:
        """Return for each of the author's passages, given as (cluster, text), what his other articles have of it."""
        return [self.copied(text, but=cluster) for cluster, text in passages]


def copying_share(found: Sequence[Copied]) -> float | None:
    """Return the share of texts with a copied run, None where there is none: the author's own is the floor."""
    return sum(one.copies for one in found) / len(found) if found else None


def _grams(spoken: Sequence[str]) -> Iterator[_Gram]:
    for start in range(len(spoken) - RUN_WORDS + 1):
        yield tuple(spoken[start : start + RUN_WORDS])


def _longest(held: Iterable[frozenset[str]]) -> int:
    """Return the words of the longest run of grams that one cluster has all of."""
    longest = length = 0
    common: frozenset[str] = frozenset()
    for clusters in held:
        kept = common & clusters
        length = length + 1 if kept else int(bool(clusters))
        common = kept or clusters
        longest = max(longest, length)
    return longest + RUN_WORDS - 1 if longest else 0
