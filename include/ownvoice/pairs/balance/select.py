"""The choice of the pairs that train: as few as possible are left out until no cue tells more than the bound.

The mean of a view's terms is how well it tells, so leaving out the pairs with the largest lowers it by the most for
each pair that it costs. A few are left out at a time, by the first view that tells too much, and all look again: what
is left may be told apart by something else. A cue that no choice of enough pairs brings below the bound costs no pair,
and what the others may cost beside it is limited: a model that has one shortcut needs no second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ownvoice.pairs.balance.texts import Names, Places, Texts
from ownvoice.pairs.balance.views import CUES, VIEWS, Seen, View
from ownvoice.pairs.cues import MAX_PAIRS, MIN_ARTICLES, MIN_PAIRS

BOUND = 0.60
"""The AUC (or share of pairs) that no view may exceed: issue 14; 0.5 is a coin."""

_KEPT_BESIDE_A_SHORTCUT = 0.5
_LEFT_OUT_AT_ONCE, _LEAST_AT_ONCE = 0.05, 0.01


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs to choose from, in the order of their ids: a hash each, so that the first ones are a random sample."""

    articles: Names
    texts: Texts


@dataclass(frozen=True, slots=True)
class Nearest:
    """How far a cue came that could not be brought to the bound: the best value, and the pairs it was reached with."""

    value: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which pairs train. `left_out` names the cue that a pair is left out for, by its place.

    `before` and `after` say how well each cue tells, by name; `nearest` has the cues that were given up.
    """

    left_out: dict[int, str]
    before: dict[str, float]
    after: dict[str, float]
    nearest: dict[str, Nearest]


def choose(candidates: Candidates, bound: float = BOUND) -> Choice | None:
    """Choose among pairs of one side of the split; None where they are too few to judge."""
    everything = np.arange(candidates.texts.pairs)
    if not _enough(candidates, everything):
        return None
    before = _by_cue(VIEWS, _look(candidates, everything, VIEWS))
    nearest: dict[str, Nearest] = {}
    for cues in (CUES, *((cue,) for cue in CUES)):
        views = [view for view in VIEWS if view.cue in cues]
        fewest = MIN_PAIRS if cues == CUES else max(MIN_PAIRS, int(len(everything) * _KEPT_BESIDE_A_SHORTCUT))
        kept, left_out = _trimmed(candidates, views, bound, fewest)
        after = _by_cue(VIEWS, _look(candidates, kept, VIEWS))
        if max(after[cue] for cue in cues) <= bound:
            given_up = {cue: found for cue, found in nearest.items() if cue not in cues and after[cue] > bound}
            return Choice(left_out, before, after, given_up)
        nearest |= {cue: Nearest(after[cue], len(kept)) for cue in cues}
    return Choice({}, before, before, nearest)


def _enough(candidates: Candidates, pairs: Places) -> bool:
    articles = set(candidates.articles[pairs[:MAX_PAIRS]])
    return len(pairs) >= MIN_PAIRS and len(articles) >= MIN_ARTICLES


def _look(candidates: Candidates, pairs: Places, views: Sequence[View]) -> Iterator[Seen]:
    """Yield what each view makes of these pairs, when it is asked for."""
    texts, articles = candidates.texts.of_pairs(pairs), candidates.articles[pairs[:MAX_PAIRS]]
    return (view.look(texts, articles) for view in views)


def _by_cue(views: Sequence[View], found: Iterable[Seen]) -> dict[str, float]:
    """Return for each cue the value of the view that tells most by it."""
    values: dict[str, float] = {}
    for view, seen in zip(views, found, strict=True):
        values[view.cue] = max(seen.value, values.get(view.cue, 0.0))
    return values


def _trimmed(candidates: Candidates, views: Sequence[View], bound: float, fewest: int) -> tuple[Places, dict[int, str]]:
    """Leave out pairs until no view exceeds the bound, or the `fewest` are left, or they are of too few articles."""
    kept, left_out = np.arange(candidates.texts.pairs), dict[int, str]()
    while True:
        found = zip(views, _look(candidates, kept, views), strict=True)
        telling = next(((view.cue, seen) for view, seen in found if seen.value > bound), None)
        most = min(max(1, int(len(kept) * _LEFT_OUT_AT_ONCE)), len(kept) - fewest)
        if telling is None or not most:
            return kept, left_out
        cue, seen = telling
        stay = _without_the_worst(seen, seen.value - bound, most)
        if not _enough(candidates, kept[stay]):
            return kept, left_out
        left_out |= dict.fromkeys(np.delete(kept, stay).tolist(), cue)
        kept = kept[stay]


def _without_the_worst(seen: Seen, fall: float, most: int) -> Places:
    """Return the places of the pairs that stay: the mean of the terms falls by `fall`, or `most` are left out."""
    stay = np.arange(len(seen.scores))
    bound = seen.terms(seen.scores).mean() - fall
    while left := most - (len(seen.scores) - len(stay)):
        scores = seen.scores[stay]
        terms = seen.terms(scores)
        if terms.mean() <= bound:
            break
        worst_first = np.lexsort((scores[:, 1] - scores[:, 0], -terms))
        gone = worst_first[: min(left, max(1, int(len(stay) * _LEAST_AT_ONCE)))]
        stay = np.delete(stay, gone)
    return stay
