"""Topics of texts: tf-idf and non-negative matrix factorisation, the same for the same texts in any order. Pure.

Lee and Seung, "Learning the parts of objects by non-negative matrix factorization" (Nature, 1999); started from the
singular value decomposition (Boutsidis and Gallopoulos 2008), so that no draw decides. Decision 63.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from ownvoice.exploration.explored import Spread
from ownvoice.exploration.terms import terms

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

SEED = 20261128
MAX_TOPICS = 20
_TERMS_SHOWN = 8
_MAX_TERMS = 20_000
_MANY, _SEVERAL = 20, 3  # texts from which terms are left out that are in more than half of them, or in all
_MIN_LEFT = 0.95  # of the texts must keep a term, else no term is left out
_MIN_REFITTED, _REFITS, _REFITTED_SHARE = 10, 5, 0.9

Rows: TypeAlias = "csr_matrix"
Labels = npt.NDArray[np.int64]
NO_TOPIC = -1


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics, those of most texts first, by their terms; `stability` is None where too few texts were there to refit.

    Other texts than those that they were found on can be given to them.
    """

    terms: tuple[tuple[str, ...], ...]
    stability: Spread | None
    _vectors: TfidfVectorizer | None
    _model: NMF | None
    _order: Labels

    def rows_of(self, texts: Sequence[str]) -> Rows:
        """Return a tf-idf row of length one for each text; it is empty for a text without terms."""
        from scipy.sparse import csr_matrix

        return self._vectors.transform(texts) if self._vectors else csr_matrix((len(texts), 1))

    def labels_of(self, rows: Rows) -> Labels:
        """Return the strongest topic of each row, as a place among `terms`; `NO_TOPIC` for a row without terms."""
        if self._model is None or not rows.shape[0]:
            return np.full(rows.shape[0], NO_TOPIC)
        strengths = _strengths(self._model, rows)[:, self._order]
        return np.where(_has_terms(rows), strengths.argmax(axis=1), NO_TOPIC)


def topic_count(texts: int) -> int:
    """Return how many topics are looked for: the root of half the texts, 1 to 20."""
    return max(1, min(MAX_TOPICS, round(sqrt(texts / 2))))


def find_topics(texts: Sequence[str]) -> Topics:
    """Return the topics of `texts`; none where no text has a term."""
    vectors = _weigh(texts)
    if vectors is None:
        return Topics((), None, None, None, np.array([], np.int64))
    rows = vectors.transform(texts)
    learnt = rows[_has_terms(rows)]
    model = _fit(learnt, topic_count(learnt.shape[0]))
    order = _by_size(_strengths(model, learnt).argmax(axis=1), model)
    names = vectors.get_feature_names_out()
    terms_of = tuple(_heaviest(model.components_[one], names) for one in order)
    return Topics(terms_of, _stability(learnt, len(model.components_)), vectors, model, order)


def _weigh(texts: Sequence[str]) -> TfidfVectorizer | None:
    """Return what makes tf-idf rows, with the terms and weights of `texts`; None where no text has a term."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    for fewest, most in _bounds(len(texts)):
        vectors = TfidfVectorizer(
            analyzer=terms, sublinear_tf=True, min_df=fewest, max_df=most, max_features=_MAX_TERMS
        )
        with contextlib.suppress(ValueError):  # no term is within the bounds: all of one matter, or without words
            left = int(_has_terms(vectors.fit_transform(texts)).sum())
            if left >= _MIN_LEFT * sum(1 for text in texts if text.strip()) or most == 1.0:
                return vectors
    return None


def _bounds(texts: int) -> Iterator[tuple[int, int | float]]:
    """Yield in how many texts a term must be and may be; looser ones after those that may leave nothing."""
    if texts >= _MANY:
        yield 2, 0.5
    elif texts >= _SEVERAL:
        yield 1, texts - 1
    yield 1, 1.0


def _has_terms(rows: Rows) -> npt.NDArray[np.bool_]:
    return np.asarray(np.diff(rows.indptr) > 0)


def _fit(rows: Rows, count: int) -> NMF:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(min(count, *rows.shape), init="nndsvda", random_state=SEED, max_iter=400)
    # An exact fit leaves an error of just below 0, whose root nobody asks for.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # the bound on time is ours
        model.fit(rows)
    return model


def _strengths(model: NMF, rows: Rows) -> npt.NDArray[np.float64]:
    """Return how much of each row each topic explains."""
    return np.asarray(model.transform(rows) * np.linalg.norm(model.components_, axis=1))


def _by_size(labels: Labels, model: NMF) -> Labels:
    """Return the topics that are some text's strongest, those of most texts first."""
    sizes = np.bincount(labels, minlength=len(model.components_))
    order = np.argsort(-sizes, kind="stable")
    return order[sizes[order] > 0]


def _heaviest(weights: npt.NDArray[np.float64], names: npt.NDArray[np.object_]) -> tuple[str, ...]:
    order = np.lexsort((names.astype(str), -weights))[:_TERMS_SHOWN]
    return tuple(str(names[one]) for one in order if weights[one] > 0)


def _stability(rows: Rows, count: int) -> Spread | None:
    """Return how far topics of nine tenths of the rows put rows together as those of all do (Hubert and Arabie 1985).

    1 is the same, 0 is chance.
    """
    from sklearn.metrics import adjusted_rand_score

    texts = rows.shape[0]
    if texts < _MIN_REFITTED or count < 2:
        return None
    whole = _strengths(_fit(rows, count), rows).argmax(axis=1)
    draws = np.random.default_rng(SEED)
    agreements = []
    for _ in range(_REFITS):
        places = np.sort(draws.choice(texts, round(_REFITTED_SHARE * texts), replace=False))
        part = rows[places]
        again = _strengths(_fit(part, count), part).argmax(axis=1)
        agreements.append(float(adjusted_rand_score(whole[places], again)))
    return spread_of(agreements)


def spread_of(values: Sequence[float]) -> Spread:
    """Return the mean of `values` with the lowest and the highest, to four decimals."""
    mean, low, high = (round(float(value), 4) for value in (np.mean(values), min(values), max(values)))
    return Spread(mean=mean, low=low, high=high)
