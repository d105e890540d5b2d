"""A learning curve as the power law `a - b n^-c`: it rises ever more slowly towards `a`. Pure.

Power laws of this form fit the error of many models over the size of their data (Hestness et al., "Deep Learning
Scaling is Predictable, Empirically", 2017). For a given `c` it is linear in `a` and `b`, so only `c` is searched for
(variable projection; Golub and Pereyra 1973).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ownvoice.style.bootstrap import Floats

MIN_SIZES = 3
"""As many sizes as the law has numbers; with fewer any `c` fits."""

_LEAST_C, _MOST_C = 0.05, 2.0  # a slower curve cannot be told from a logarithm, a faster one from a step
_STARTS = 15


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """The law `a - b n^-c` over `n` pairs, with `b` at least 0: it never falls, and where nothing rises `b` is 0."""

    a: float
    b: float
    c: float

    def at(self, pairs: float) -> float:
        """Return the value at so many pairs."""
        return float(self.a - self.b * pairs**-self.c)


def fitted(pairs: Sequence[float], values: Sequence[float]) -> PowerLaw | None:
    """Return the law with the least squares to the values at so many pairs; None for fewer than three sizes."""
    from scipy.optimize import minimize_scalar

    sizes, found = np.asarray(pairs, float), np.asarray(values, float)
    if len(np.unique(sizes)) < MIN_SIZES:
        return None
    largest = float(sizes.max())
    shares = sizes / largest  # so that both columns are of one magnitude

    def loss(c: float) -> float:
        a, b = _linear(shares, found, c)
        return float(((found - a + b * shares**-c) ** 2).sum())

    starts = np.geomspace(_LEAST_C, _MOST_C, _STARTS)
    best = int(np.argmin([loss(c) for c in starts]))
    around = starts[max(best - 1, 0)], starts[min(best + 1, _STARTS - 1)]
    c = float(minimize_scalar(loss, bounds=around, method="bounded").x)
    a, b = _linear(shares, found, c)
    return PowerLaw(a, b * largest**c, c)


def _linear(shares: Floats, values: Floats, c: float) -> tuple[float, float]:
    """Return `a` and `b` of least squares for a given `c`; the mean and 0 where the values fall."""
    falls = -(shares**-c)
    centred = falls - falls.mean()
    b = float(centred @ (values - values.mean()) / (centred @ centred))
    return (float(values.mean() - b * falls.mean()), b) if b > 0 else (float(values.mean()), 0.0)
