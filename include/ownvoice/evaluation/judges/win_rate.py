"""How often a model is preferred to another, over answers to the same prompts, and how strong each of several is. Pure.

Length control is that of AlpacaEval 2 (Dubois et al. 2024, "Length-Controlled AlpacaEval"): a logistic regression of
the verdicts on tanh of the difference in length, read where there is none. Strengths are those of Bradley and Terry
(1952), which is a logistic regression too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ownvoice.evaluation.judges.item import SCORES, Winner
from ownvoice.style.bootstrap import Interval, paired_difference


class Verdict(NamedTuple):
    """A jury's verdict on one prompt; `longer_by` are the characters that the left answer is longer by."""

    winner: Winner
    article_id: str
    longer_by: int


def win_rate(verdicts: Sequence[Verdict]) -> Interval | None:
    """Return how often the left one won, a tie counting half, with its interval over articles; None below two."""
    scores = [SCORES[one.winner] for one in verdicts]
    return paired_difference(scores, [0.0] * len(scores), [one.article_id for one in verdicts]) if scores else None


def length_controlled(verdicts: Sequence[Verdict]) -> float | None:
    """Return how often the left one would win if both were equally long.

    None where nobody won, or one side won everything: no length explains that.
    """
    from sklearn.linear_model import LogisticRegression

    lengths = np.array([one.longer_by for one in verdicts], float)
    won = np.array([SCORES[one.winner] for one in verdicts])
    if not len(won) or won.mean() in (0.0, 1.0):
        return None
    spread = float(lengths.std()) or 1.0
    features = np.tanh(lengths / spread)[:, None]
    # A tie is half a win and half a loss.
    model = LogisticRegression().fit(
        np.concatenate([features, features]),
        np.concatenate([np.ones(len(won)), np.zeros(len(won))]),
        sample_weight=np.concatenate([won, 1 - won]),
    )
    return 1 / (1 + math.exp(-float(model.intercept_[0])))


def strengths(verdicts: Sequence[tuple[str, str, Winner]]) -> dict[str, float] | None:
    """Return the strength of each of three models or more, in nats around 0, from (left, right, winner).

    None for fewer than three, and where one of them never lost or never won: its strength would have no bound.
    """
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for left, right, _ in verdicts for name in (left, right)})
    place = {name: number for number, name in enumerate(names)}
    won = np.zeros((len(names), 2))
    features = np.zeros((len(verdicts), len(names)))
    scores = np.array([SCORES[winner] for *_, winner in verdicts])
    for row, (left, right, winner) in enumerate(verdicts):
        features[row, place[left]], features[row, place[right]] = 1, -1
        won[place[left]] += SCORES[winner], 1 - SCORES[winner]
        won[place[right]] += 1 - SCORES[winner], SCORES[winner]
    if len(names) < 3 or not won.all():
        return None
    model = LogisticRegression(C=1e6, fit_intercept=False).fit(
        np.concatenate([features, features]),
        np.concatenate([np.ones(len(scores)), np.zeros(len(scores))]),
        sample_weight=np.concatenate([scores, 1 - scores]),
    )
    found = model.coef_[0] - model.coef_[0].mean()
    return {name: float(found[place[name]]) for name in names}
