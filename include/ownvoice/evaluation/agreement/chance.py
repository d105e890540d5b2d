"""Agreement beyond chance with its interval: Krippendorff's alpha of any raters, Cohen's kappa of two. Pure.

Agreement of 90 % can be a kappa of .44: where nearly all pairs are won by one side, chance agrees too. Both measures
are 1 where all agree and 0 where as many do as by chance. Values are nominal.

The intervals are by drawing items with replacement (Zapf et al., BMC Medical Research Methodology 16:93, 2016). Items
on which the same was said are drawn as one kind, so that the cost does not grow with the items. decisions/0055 says why
no library stands here, and how often the intervals hold the true value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ownvoice.evaluation.agreement.estimate import Estimate, wilson
from ownvoice.evaluation.agreement.ratings import Rating, by_item

Floats = npt.NDArray[np.float64]
_Kind = tuple[str, ...]  # what was said of an item

_DRAWS, _SEED = 2000, 20181


def alpha(ratings: Iterable[Rating]) -> Estimate | None:
    """Return Krippendorff's alpha over the items that at least two raters rated, however many did.

    None where there are fewer than two such items, or all values are the same: chance would agree as well then.
    Krippendorff, "Content Analysis", 2018, chapter 12.
    """
    kinds = Counter(tuple(sorted(said.values())) for said in by_item(ratings).values() if len(said) > 1)
    return _estimate(kinds, _alphas)


def kappa(ratings: Iterable[Rating], rater: str, other: str) -> Estimate | None:
    """Return Cohen's kappa of two raters over the items that both rated.

    None where there are fewer than two such items, or both always said the same one thing.
    Cohen, Educational and Psychological Measurement 20:37, 1960.
    """
    both = (said for said in by_item(ratings).values() if rater in said and other in said)
    return _estimate(Counter((said[rater], said[other]) for said in both), _kappas)


_Measured = tuple[Floats, Floats]  # the observed and the expected disagreement of each draw


def _estimate(kinds: Counter[_Kind], measure: Callable[[Sequence[_Kind], Floats], _Measured]) -> Estimate | None:
    """Return 1 - observed / expected disagreement over items of these kinds."""
    names, counts = sorted(kinds), np.array([kinds[name] for name in sorted(kinds)], float)
    n = int(counts.sum())
    if n < 2:
        return None
    observed, expected = (float(found[0]) for found in measure(names, counts[None]))
    if not expected > 0:
        return None
    drawn = np.random.default_rng(_SEED).multinomial(n, counts / n, _DRAWS).astype(float)
    draws_observed, draws_expected = measure(names, drawn)
    held = draws_expected > 0
    draws = 1 - draws_observed[held] / draws_expected[held]
    low, high = np.quantile(draws, [0.025, 0.975])
    value = 1 - observed / expected
    if low == high and (agreed := wilson((1 - observed) * n, n)):  # no draw differs: what the raw agreement leaves open
        low, high = 1 - (1 - agreed.low) / expected, 1 - (1 - agreed.high) / expected
    return Estimate(value, max(-1.0, float(low)), float(high), n)


def _alphas(kinds: Sequence[_Kind], weights: Floats) -> _Measured:
    values = sorted({value for kind in kinds for value in kind})
    counts = np.array([[kind.count(value) for value in values] for kind in kinds], float)
    raters = counts.sum(axis=1)
    disagreeing = (raters**2 - (counts**2).sum(axis=1)) / (raters - 1)
    of_value = weights @ counts
    total = of_value.sum(axis=1)
    expected = 1 - (of_value * (of_value - 1)).sum(axis=1) / (total * (total - 1))
    return (weights @ disagreeing) / total, expected


def _kappas(kinds: Sequence[_Kind], weights: Floats) -> _Measured:
    values = sorted({value for kind in kinds for value in kind})
    one, other = (np.array([[kind[place] == value for value in values] for kind in kinds], float) for place in (0, 1))
    total = weights.sum(axis=1)
    agreed = (weights @ (one * other).sum(axis=1)) / total
    by_chance = ((weights @ one) * (weights @ other)).sum(axis=1) / total**2
    return 1 - agreed, 1 - by_chance
