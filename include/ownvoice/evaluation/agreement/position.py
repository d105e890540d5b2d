"""What the place of an answer does to the verdict: position bias and flips, of judges and reviewers alike. Pure."""

from __future__ import annotations

from math import sqrt

from ownvoice.evaluation.agreement.estimate import Estimate, Z, wilson


def position_bias(first: int, second: int, n: int) -> Estimate | None:
    """Return `(first - second) / n` with its interval: above 0 where the first place is favoured, -1 to 1.

    Of a judge, which sees each item in both orders, `first` counts the items where the first place won both times and
    `second` those where the second did. Of a reviewer, who sees an item once with its sides by hash, they count the
    items where the left or the right side won. `n` counts all items, consistent ones and ties among them. The interval
    is that of a difference of two shares of one sample (Agresti, "Categorical Data Analysis", 2013, section 11.1).
    None without items.
    """
    if n <= 0:
        return None
    bias = (first - second) / n
    half = Z * sqrt(first + second - (first - second) ** 2 / n) / n
    return Estimate(bias, max(-1.0, bias - half), min(1.0, bias + half), n)


def flip_rate(consistent: int, n: int) -> Estimate | None:
    """Return the share of `n` items whose verdict changed with the order, with Wilson's interval."""
    return wilson(n - consistent, n)
