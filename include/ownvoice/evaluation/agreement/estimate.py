"""A measure with its 95 % interval and the number of items behind it, and Wilson's interval of a share. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959964
"""97.5 % of a normal distribution lie below this."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`value` was measured on `n` items; between `low` and `high` lies its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def wilson(k: float, n: int) -> Estimate | None:
    """Return the share `k / n` with Wilson's score interval (JASA 22, 1927); None where there is nothing to count.

    It stays within 0 and 1 and has a width also where all or none of the items count.
    """
    if n <= 0:
        return None
    share, square = k / n, Z * Z / n
    centre = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * sqrt(share * (1 - share) / n + square / (4 * n))
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half), n)
