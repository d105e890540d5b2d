"""Intervals of a mean over a few seeds, by Student's t. Pure.

A bootstrap over three seeds draws from ten different samples and covers 70 to 85 percent where it says 90; t covers
what it says (docs/decisions/0062).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev

from pydantic import BaseModel, ConfigDict, FiniteFloat

LEVEL = 0.9


class Estimate(BaseModel):
    """A mean over `seeds` seeds with the ends of its 90 % interval, which are None for a single seed."""

    model_config = ConfigDict(frozen=True)

    mean: FiniteFloat
    low: FiniteFloat | None
    high: FiniteFloat | None
    seeds: int

    @property
    def half_width(self) -> float | None:
        """How far the interval goes to each side."""
        return None if self.high is None else self.high - self.mean

    def negated(self) -> Estimate:
        """Return the estimate of the same with its sign turned."""
        low, high = (None if end is None else -end for end in (self.high, self.low))
        return Estimate(mean=-self.mean, low=low, high=high, seeds=self.seeds)


def estimate(values: Sequence[float]) -> Estimate | None:
    """Return the mean of one value a seed with its interval; None for no value."""
    from scipy.stats import t

    if not values:
        return None
    mean, seeds = fmean(values), len(values)
    if seeds < 2:
        return Estimate(mean=mean, low=None, high=None, seeds=seeds)
    half = float(t.ppf((1 + LEVEL) / 2, seeds - 1)) * stdev(values) / sqrt(seeds)
    return Estimate(mean=mean, low=mean - half, high=mean + half, seeds=seeds)
