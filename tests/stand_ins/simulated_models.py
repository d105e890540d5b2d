"""Models that are simulated: each of their answers has the score of a passage by one of two authors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ownvoice.style.bootstrap import Floats, paired_difference


class Writer:
    """One of the two authors, whose passages have these scores, by article."""

    def __init__(self, articles: Sequence[Floats], random: np.random.Generator) -> None:
        self._sizes = np.array([len(scores) for scores in articles])
        self._first = np.cumsum(self._sizes) - self._sizes
        self._scores = np.concatenate(articles)
        self._random = random

    def answers(self, articles: np.ndarray) -> Floats:
        """Return a score for each prompt: of a passage of its article, by number; there may be more than are held."""
        places = articles % len(self._sizes)
        within = (self._random.random(len(places)) * self._sizes[places]).astype(int)
        scores: Floats = self._scores[self._first[places] + within]
        return scores


def share_found_better(
    author: Sequence[Floats], other: Sequence[Floats], shares: tuple[float, float], prompts: int, runs: int
) -> float:
    """Return in what share of `runs` a challenger is found better than a champion: the interval lies above 0.

    Both answer the same prompts, which are spread over as many articles as `author` has. The challenger writes like the
    author in the first of `shares` of its answers, the champion in the second, and like the other where not.
    """
    random = np.random.default_rng(20183)
    writers = Writer(author, random), Writer(other, random)
    article = np.arange(prompts) % len(author)
    names = article.astype(str).tolist()
    found = 0
    for _ in range(runs):
        places = random.permutation(len(author))[article]
        mine, theirs = (writer.answers(places) for writer in writers), (writer.answers(places) for writer in writers)
        challenger, champion = (
            np.where(random.random(prompts) < share, *answers)
            for share, answers in zip(shares, (mine, theirs), strict=True)
        )
        difference = paired_difference(challenger, champion, names)
        found += difference is not None and difference.low > 0
    return found / runs
