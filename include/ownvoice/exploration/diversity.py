"""How various the texts of a version are, at equal numbers of pairs: both measures grow or fall with the number. Pure.

Vendi score: Friedman and Dieng, "The Vendi Score: A Diversity Evaluation Metric for Machine Learning" (TMLR 2023), the
exponential of the entropy of the eigenvalues of a similarity matrix: 1 where all texts are the same, n where no two
have anything in common. distinct-2: Li et al. 2016, the share of neighbouring terms that come once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ownvoice.exploration.explored import Compared, Diversity, Spread, VersionDiversity
from ownvoice.exploration.terms import terms
from ownvoice.exploration.topics import SEED, spread_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_DRAWN = 200
DRAWS = 20
_MIN_PAIRS = 4
TEXTS = ("prompt", "chosen")


@dataclass(frozen=True, slots=True)
class PairTexts:
    """Pairs of a version: `texts` holds a list for each of `TEXTS`; `topics` the topic of each pair's article or None.

    `total` is how many pairs the version has, of which these are a choice that depends on ids alone.
    """

    version: int
    total: int
    texts: dict[str, list[str]]
    topics: list[int | None]

    def __len__(self) -> int:
        return len(self.topics)


def compared(now: PairTexts, earlier: PairTexts | None, topic_count: int) -> Compared | None:
    """Return both versions by draws of half the smaller one, at most 200 pairs; None where that is under two pairs."""
    sides = [now, *([earlier] if earlier else [])]
    if len(now) < _MIN_PAIRS:
        return None
    if min(map(len, sides)) < _MIN_PAIRS:
        sides = [now]
    drawn = min(MAX_DRAWN, min(map(len, sides)) // 2)
    rows = {text: _similar_rows(sides, text) for text in TEXTS}
    found = [
        _diversity(side, {text: rows[text][place] for text in TEXTS}, drawn, topic_count)
        for place, side in enumerate(sides)
    ]
    return Compared(n=drawn, draws=DRAWS, now=found[0], earlier=found[1] if len(found) > 1 else None)


def vendi_score(rows: csr_matrix) -> float:
    """Return the Vendi score of rows of length one; a row without terms is like nothing but itself."""
    similarity = (rows @ rows.T).toarray()
    np.fill_diagonal(similarity, 1.0)
    shares = np.linalg.eigvalsh(similarity / rows.shape[0])
    shares = shares[shares > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def distinct_2(texts: Sequence[Sequence[str]]) -> float | None:
    """Return the share of different ones among all pairs of neighbouring terms; None where there are none."""
    found = [neighbours for text in texts for neighbours in pairwise(text)]
    return len(set(found)) / len(found) if found else None


def _similar_rows(sides: Sequence[PairTexts], text: str) -> list[csr_matrix]:
    """Return tf-idf rows of length one for each side, weighed over both, so that they can be compared."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer=terms, sublinear_tf=True)
    try:
        vectors.fit(one for side in sides for one in side.texts[text])
    except ValueError:  # no text has a term
        return [csr_matrix((len(side), 1)) for side in sides]
    return [vectors.transform(side.texts[text]) for side in sides]


def _diversity(side: PairTexts, rows: dict[str, csr_matrix], drawn: int, topic_count: int) -> VersionDiversity:
    draws = np.random.default_rng(SEED)
    choices = [np.sort(draws.choice(len(side), drawn, replace=False)) for _ in range(DRAWS)]
    met = [len({side.topics[place] for place in choice} - {None}) / max(topic_count, 1) for choice in choices]
    texts = []
    for text in TEXTS:
        split = [terms(one) for one in side.texts[text]]
        texts.append(
            Diversity(
                text=text,
                vendi=spread_of([vendi_score(rows[text][choice]) for choice in choices]),
                distinct_2=_spread_if_any([distinct_2([split[place] for place in choice]) for choice in choices]),
            )
        )
    return VersionDiversity(version=side.version, pairs=side.total, texts=tuple(texts), topics_met=spread_of(met))


def _spread_if_any(values: Sequence[float | None]) -> Spread | None:
    known = [value for value in values if value is not None]
    return spread_of(known) if known else None
