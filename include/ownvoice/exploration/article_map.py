"""The places of articles on a map: near ones share terms. What is far apart says nothing. Pure.

t-SNE (van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 2008) with one seed, over the first fifty
dimensions of latent semantic analysis. A few articles have no neighbourhoods: those are drawn by its first two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ownvoice.exploration.topics import SEED

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_POINTS = 1000
"""The articles that are drawn: more take minutes and cannot be told apart."""

_DIMENSIONS, _PERPLEXITY, _STEPS, _MIN_EMBEDDED = 50, 30, 500, 10
_SAME = 1e-9

Places = npt.NDArray[np.float64]


def places_of(rows: csr_matrix) -> Places:
    """Return a place (x, y), each 0 to 1, for each tf-idf row."""
    from threadpoolctl import threadpool_limits

    if rows.shape[0] < 2:
        return np.full((rows.shape[0], 2), 0.5)
    # With more threads than free cores they wait for each other: 76 articles took 7 s instead of 0.2. Copies of one
    # text have no variance to explain, which is divided by all the same.
    with threadpool_limits(1), np.errstate(invalid="ignore", divide="ignore"):
        return _in_the_unit_square(_embedded(_reduced(rows)))


def _reduced(rows: csr_matrix) -> Places:
    from sklearn.decomposition import TruncatedSVD

    dimensions = min(_DIMENSIONS, min(rows.shape) - 1)
    if dimensions < 2:
        dense = rows.toarray()
        return np.pad(dense, ((0, 0), (0, max(0, 2 - dense.shape[1]))))
    return np.asarray(TruncatedSVD(dimensions, random_state=SEED).fit_transform(rows), float)


def _embedded(reduced: Places) -> Places:
    from sklearn.manifold import TSNE

    articles = len(reduced)
    if articles < _MIN_EMBEDDED or np.ptp(reduced, axis=0).max() < _SAME:
        return reduced[:, :2]
    perplexity = min(_PERPLEXITY, (articles - 1) / 3)
    # Started from the two dimensions above, articles of a matter that they do not tell apart would stay on one place.
    found = TSNE(perplexity=perplexity, init="pca", random_state=SEED, max_iter=_STEPS).fit_transform(reduced)
    return np.asarray(found, float)


def _in_the_unit_square(places: Places) -> Places:
    """Return places moved and scaled to 0 to 1 on either axis; an axis on which all are the same is the middle."""
    low, size = places.min(axis=0), np.ptp(places, axis=0)
    scaled = np.where(size > _SAME, (places - low) / np.where(size > _SAME, size, 1.0), 0.5)
    return np.asarray(np.round(scaled, 4), float)
