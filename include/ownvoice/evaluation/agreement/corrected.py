"""A judge's win rate as people would have found it: corrected by how often it hits what they said. Pure."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from ownvoice.evaluation.agreement.estimate import Estimate, Z


class Share(NamedTuple):
    """`k` of `n`."""

    k: int
    n: int


def corrected_win_rate(judged: Share, hits_on_wins: Share, hits_on_losses: Share) -> Estimate | None:
    """Return `theta = (p + q0 - 1) / (q0 + q1 - 1)` with its interval, within 0 and 1 (arXiv 2511.21140).

    `p` is the win rate that the judge gave, `q1` and `q0` how often it was right where people said win and where they
    said loss. The interval is by the delta method over shares moved towards one half (Lang and Reiczigel, Preventive
    Veterinary Medicine 113:13, 2014), so that five hits of five are not taken as always. None where one of the three
    has no items, or the judge is no better than a coin against people: its win rate says nothing of theirs then.
    """
    if not (judged.n and hits_on_wins.n and hits_on_losses.n):
        return None
    value = _theta(*(share.k / share.n for share in (judged, hits_on_wins, hits_on_losses)))
    p = (judged.k + Z * Z / 2) / (judged.n + Z * Z)
    q1, q0 = ((share.k + 1) / (share.n + 2) for share in (hits_on_wins, hits_on_losses))
    moved = _theta(p, q1, q0)
    if value is None or moved is None:
        return None
    variance = (
        p * (1 - p) / (judged.n + Z * Z)
        + moved**2 * q1 * (1 - q1) / (hits_on_wins.n + 2)
        + (1 - moved) ** 2 * q0 * (1 - q0) / (hits_on_losses.n + 2)
    )
    half = Z * sqrt(variance) / (q0 + q1 - 1)
    low, high = min(value, moved - half), max(value, moved + half)
    return Estimate(value, max(0.0, low), min(1.0, high), judged.n)


def _theta(p: float, q1: float, q0: float) -> float | None:
    better_than_chance = q0 + q1 - 1
    return min(1.0, max(0.0, (p + q0 - 1) / better_than_chance)) if better_than_chance > 0 else None
