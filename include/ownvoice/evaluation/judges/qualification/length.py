"""How far the length of an answer moves a judge: the slope of a logistic regression. Pure.

`logit P(left wins) = b0 + b1 tanh(d / sd)`, d being how many characters the left answer is longer (arXiv 2404.04475).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from ownvoice.evaluation.agreement.estimate import Estimate, Z
from ownvoice.style.bootstrap import Floats

_STEPS, _CLOSE = 30, 1e-9
_SEPARATED = 12.0  # a log-odds beyond which no sample of this size says how steep the slope is


def length_slope(scores: Sequence[float], differences: Sequence[int]) -> Estimate | None:
    """Return b1 with its interval by Wald; `scores` are 1 where the left answer won, 0 where it lost, 1/2 for a tie.

    None where lengths or scores are all the same, or length parts the won from the lost without an exception, so that
    no slope is steep enough.
    """
    y, d = np.asarray(scores, float), np.asarray(differences, float)
    if len(y) < 3 or not d.std() or y.min() == y.max():
        return None
    x = np.column_stack([np.ones(len(d)), np.tanh(d / d.std())])
    b = _fitted(x, y)
    if b is None or not np.isfinite(b).all() or float(abs(b).max()) > _SEPARATED:
        return None
    half = Z * sqrt(float(np.linalg.inv(_information(x, b))[1, 1]))
    return Estimate(float(b[1]), float(b[1]) - half, float(b[1]) + half, len(y))


def _fitted(x: Floats, y: Floats) -> Floats | None:
    """Return the coefficients by Newton's steps; None where they grow without an end."""
    b = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        try:
            step = np.linalg.solve(_information(x, b), x.T @ (y - _chance(x, b)))
        except np.linalg.LinAlgError:
            return None
        b = b + step
        if float(abs(step).max()) < _CLOSE:
            return b
        if float(abs(b).max()) > _SEPARATED:
            return None
    return None


def _information(x: Floats, b: Floats) -> Floats:
    p = _chance(x, b)
    found: Floats = x.T @ (x * (p * (1 - p))[:, None])
    return found


def _chance(x: Floats, b: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-(x @ b)))
    return found
