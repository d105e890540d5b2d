"""Copying: how much of a text stands word for word in the author's articles, and of the author's own text. Pure.

A run of eight words in a row counts. Authors repeat themselves, so that copying has a floor: each of their passages
against their other articles. A run that three or more articles have is a stock phrase or a footer, and is no copy.
Near-duplicates count as one article, so that a piece that was posted twice is neither a stock phrase nor part of the
floor: those of which the shorter shares a fifth of its runs with the other, and what is near to one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ownvoice.style.words import words

RUN_WORDS = 8
_STOCK_PHRASE_ARTICLES = 3
_NEAR_DUPLICATE_SHARE = 0.2
_FOOTER_ARTICLES = 20  # a run of more articles says nothing about which of them are near-duplicates

_Runs = npt.NDArray[np.uint64]
_Places = npt.NDArray[np.int64]

_FACTORS = np.array([pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, RUN_WORDS + 1)], np.uint64)


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
        """Index articles, each given as (article id, text)."""
        self._word_numbers: dict[str, int] = {}
        runs = {article: np.unique(self._runs(self._numbered(words(text)))) for article, text in articles}
        found = np.concatenate([*runs.values(), np.empty(0, np.uint64)])
        of_article = np.repeat(np.arange(len(runs)), [len(one) for one in runs.values()])
        groups = _near_duplicates(found, of_article, len(runs))
        self._groups = dict(zip(runs, groups.tolist(), strict=True))
        self._known, self._holders = _holders(found, groups[of_article])

    def copied(self, text: str, but: str | None = None) -> Copied:
        """Return how much of `text` is in the articles, the article `but` and its near-duplicates left out."""
        spoken = words(text)
        holders = self._holders_of(self._runs([self._word_numbers.get(word, 0) for word in spoken]))
        holders[holders == self._groups.get(but or "", -1)] = -1
        is_copied = (holders >= 0).any(axis=1)
        if not is_copied.any():
            return Copied(0.0, 0)
        covered = np.convolve(is_copied, np.ones(RUN_WORDS)) > 0
        longest = max(_longest((holders == one).any(axis=1)) for one in np.unique(holders[holders >= 0]))
        return Copied(float(covered.mean()), longest + RUN_WORDS - 1)

    def own(self, passages: Iterable[tuple[str, str]]) -> list[Copied]:
        """Return for each of the author's passages, given as (article id, text), what other articles have of it."""
        return [self.copied(text, but=article) for article, text in passages]

    def _numbered(self, spoken: Iterable[str]) -> list[int]:
        return [self._word_numbers.setdefault(word, len(self._word_numbers) + 1) for word in spoken]

    def _holders_of(self, runs: _Runs) -> _Places:
        """Return for each run the one or two groups of articles that have it, -1 for none."""
        if not len(runs) or not len(self._known):
            return np.full((len(runs), _STOCK_PHRASE_ARTICLES - 1), -1)
        places = np.minimum(np.searchsorted(self._known, runs), len(self._known) - 1)
        return np.where((self._known[places] == runs)[:, None], self._holders[places], -1)

    @staticmethod
    def _runs(numbers: Sequence[int]) -> _Runs:
        """Return the key (64 bits) of each run of eight words: a polynomial over numbers that are spread out."""
        if len(numbers) < RUN_WORDS:
            return np.empty(0, np.uint64)
        spread = np.array(numbers, np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
        spread ^= spread >> np.uint64(31)
        windows = np.lib.stride_tricks.sliding_window_view(spread, RUN_WORDS)
        keys: _Runs = (windows * _FACTORS).sum(axis=1, dtype=np.uint64)
        return keys


def copying_share(found: Sequence[Copied]) -> float | None:
    """Return the share of texts with a copied run, None where there is no text: the author's own is the floor."""
    return sum(one.copies for one in found) / len(found) if found else None


def _near_duplicates(runs: _Runs, of_article: _Places, articles: int) -> _Places:
    """Return the group of each article; near-duplicates have one group."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if not len(runs):
        return np.arange(articles)
    _, numbers, counts = np.unique(runs, return_inverse=True, return_counts=True)
    telling = counts[numbers] <= _FOOTER_ARTICLES
    sizes = np.bincount(of_article, minlength=articles)
    held = csr_array((np.ones(telling.sum()), (of_article[telling], numbers[telling])), (articles, len(counts)))
    shared = (held @ held.T).tocoo()
    near = shared.data >= _NEAR_DUPLICATE_SHARE * np.minimum(sizes[shared.row], sizes[shared.col])
    graph = csr_array((np.ones(near.sum()), (shared.row[near], shared.col[near])), (articles, articles))
    groups: _Places = connected_components(graph, directed=False)[1].astype(np.int64)
    return groups


def _holders(runs: _Runs, groups: _Places) -> tuple[_Runs, _Places]:
    """Return the runs that are no stock phrases, sorted, and the groups that have each: (runs, 2), -1 for none."""
    order = np.lexsort((groups, runs))
    runs, groups = runs[order], groups[order]
    is_new = np.ones(len(runs), bool)
    is_new[1:] = (runs[1:] != runs[:-1]) | (groups[1:] != groups[:-1])
    runs, groups = runs[is_new], groups[is_new]
    known, first, counts = np.unique(runs, return_index=True, return_counts=True)
    holders = np.full((len(known), _STOCK_PHRASE_ARTICLES - 1), -1)
    for place in range(_STOCK_PHRASE_ARTICLES - 1):
        has = counts > place
        holders[has, place] = groups[first[has] + place]
    kept = counts < _STOCK_PHRASE_ARTICLES
    return known[kept], holders[kept]


def _longest(marked: npt.NDArray[np.bool_]) -> int:
    """Return the length of the longest stretch of marks."""
    edges = np.diff(np.concatenate([[0], marked.astype(np.int8), [0]]))
    return int((np.flatnonzero(edges < 0) - np.flatnonzero(edges > 0)).max(initial=0))
