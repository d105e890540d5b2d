"""Folds by article: what a classifier is asked about, it has not seen another passage of. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FOLDS = 5


def article_folds(article_ids: Sequence[str], folds: int = FOLDS) -> npt.NDArray[np.intp]:
    """Return the fold of each row, 0 to `folds` - 1, by its article.

    Articles are dealt out in the order of their hashes, so that folds have as many articles each as can be and depend
    on no order of rows.
    """
    dealt = sorted(set(article_ids), key=lambda article: hashlib.sha256(article.encode()).digest())
    fold = {article: place % folds for place, article in enumerate(dealt)}
    return np.array([fold[article] for article in article_ids], np.intp)
