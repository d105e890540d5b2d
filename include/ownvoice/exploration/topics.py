"""Topics of texts: tf-idf and non-negative matrix factorisation, the same for the same texts in any order. Pure.

Lee and Seung, "Learning the parts of objects by non-negative matrix factorization" (Nature, 1999); started from the
singular value decomposition (Boutsidis and Gallopoulos 2008), so that no draw decides. Decision 63.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ownvoice.exploration.explored import Spread
from ownvoice.exploration.terms import terms

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import NMF

SEED = 20261128
MAX_TOPICS = 20
_TERMS_SHOWN = 8
_MAX_TERMS = 20_000
_MANY = 20  # texts from which a term must be in two of them, and in no more than half
_MIN_REFITTED, _REFITS, _REFITTED_SHARE = 10, 5, 0.9

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics, those of most texts first: their terms, the topic of each text (-1: no terms), the tf-idf rows."""

    terms: tuple[tuple[str, ...], ...]
    labels: Labels
    rows: csr_matrix | None
    stability: Spread | None


def topic_count(texts: int) -> int:
    """Return how many topics are looked for: the root of half the texts, 1 to 20."""
    return max(1, min(MAX_TOPICS, round(sqrt(texts / 2))))


def find_topics(texts: Sequence[str], fitted: Sequence[int] | None = None) -> Topics:
    """Return the topics of `texts`; where `fitted` names places among them, found on these and given to all."""
    places = np.arange(len(texts)) if fitted is None else np.asarray(fitted, np.int64)
    found = _weighed(texts, places)
    if found is None:
        return Topics((), np.full(len(texts), -1), None, None)
    rows, names = found
    learnt = rows[places][_has_terms(rows[places])]
    model = _fit(learnt, topic_count(learnt.shape[0]))
    labels = _labels(model, rows)
    order = _by_size(labels, model)
    renamed = np.full(len(model.components_) + 1, -1)
    renamed[order] = np.arange(len(order))
    return Topics(
        tuple(_heaviest(model.components_[one], names) for one in order),
        renamed[labels],
        rows,
        _stability(learnt, len(model.components_)),
    )


def _weighed(texts: Sequence[str], fitted: Labels) -> tuple[csr_matrix, npt.NDArray[np.object_]] | None:
    """Return a tf-idf row for each text and the names of the columns; None where no text has a term."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    counted = [terms(text) for text in texts]
    if not any(counted[place] for place in fitted):
        return None
    for fewest, most in ((2, 0.5), (1, 1.0)) if len(fitted) >= _MANY else ((1, 1.0),):
        vectors = TfidfVectorizer(
            analyzer=_as_it_is, sublinear_tf=True, min_df=fewest, max_df=most, max_features=_MAX_TERMS
        )
        try:
            vectors.fit([counted[place] for place in fitted])
        except ValueError:  # no term is in two texts and in no more than half of them: all of one matter, or of none
            continue
        return vectors.transform(counted), vectors.get_feature_names_out()
    raise AssertionError("a text has a term, and the last bounds leave none out")


def _as_it_is(found: list[str]) -> list[str]:
    return found


def _has_terms(rows: csr_matrix) -> npt.NDArray[np.bool_]:
    return np.asarray(np.diff(rows.indptr) > 0)


def _fit(rows: csr_matrix, count: int) -> NMF:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(min(count, *rows.shape), init="nndsvda", random_state=SEED, max_iter=400)
    # An exact fit leaves an error of just below 0, whose root nobody asks for.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # the bound on time is ours
        model.fit(rows)
    return model


def _labels(model: NMF, rows: csr_matrix) -> Labels:
    """Return the strongest topic of each row, as the share of the row's terms that it explains; -1 for none."""
    weights = model.transform(rows) * np.linalg.norm(model.components_, axis=1)
    return np.where(_has_terms(rows), weights.argmax(axis=1), -1)


def _by_size(labels: Labels, model: NMF) -> Labels:
    """Return the topics that a text has, those of most texts first."""
    sizes = np.bincount(labels[labels >= 0], minlength=len(model.components_))
    order = np.argsort(-sizes, kind="stable")
    return order[sizes[order] > 0]


def _heaviest(weights: npt.NDArray[np.float64], names: npt.NDArray[np.object_]) -> tuple[str, ...]:
    order = np.lexsort((names.astype(str), -weights))[:_TERMS_SHOWN]
    return tuple(str(names[one]) for one in order if weights[one] > 0)


def _stability(rows: csr_matrix, count: int) -> Spread | None:
    """Return how far topics of nine tenths of the rows put rows together as those of all do (Hubert and Arabie 1985).

    1 is the same, 0 is chance.
    """
    from sklearn.metrics import adjusted_rand_score

    texts = rows.shape[0]
    if texts < _MIN_REFITTED or count < 2:
        return None
    whole = _labels(_fit(rows, count), rows)
    draws = np.random.default_rng(SEED)
    agreements = []
    for _ in range(_REFITS):
        places = np.sort(draws.choice(texts, round(_REFITTED_SHARE * texts), replace=False))
        part = rows[places]
        agreements.append(float(adjusted_rand_score(whole[places], _labels(_fit(part, count), part))))
    return spread_of(agreements)


def spread_of(values: Sequence[float]) -> Spread:
    """Return the mean of `values` with the lowest and the highest, to four decimals."""
    mean, low, high = (round(float(value), 4) for value in (np.mean(values), min(values), max(values)))
    return Spread(mean=mean, low=low, high=high)
