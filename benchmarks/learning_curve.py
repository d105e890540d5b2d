"""How often the intervals of a learning curve hold the truth, on simulated curves whose truth is known.

Run as:

    python benchmarks/learning_curve.py

Sizes double from 100 pairs, as many as `sizes` says, each with `seeds` trainings and noise of .01. The claims: over 400
curves the 90 % interval of the forecast at twice the data, and that of the last doubling, hold the truth in 80 % or
more; a curve that has ended is called rising in at most 10 %. `bootstrap` is the percentile bootstrap over seeds of the
same forecast, for comparison. Exits with 1 where a claim does not hold.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from ownvoice.evaluation.curve.curve import CurveTraining, MetricCurve, Verdict, metric_curve
from ownvoice.evaluation.curve.intervals import LEVEL, Estimate
from ownvoice.evaluation.curve.power_law import PowerLaw, fitted

CURVES, NOISE, SMALLEST = 400, 0.01, 100
LEAST_HELD, MOST_RISING = 80.0, 10.0
_RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Truth:
    """A law, and how it is measured."""

    name: str
    law: PowerLaw
    sizes: int = 5
    seeds: int = 3


TRUTHS = (
    Truth("still steep", PowerLaw(1.0, 6.2, 0.5)),
    Truth("rising slowly", PowerLaw(1.0, 0.9, 0.3)),
    Truth("nearly a logarithm", PowerLaw(1.0, 0.5, 0.15)),
    Truth("saturating", PowerLaw(1.0, 20.0, 1.0)),
    Truth("ended", PowerLaw(0.7, 0.0, 1.0)),
    Truth("four sizes", PowerLaw(1.0, 4.0, 0.5), sizes=4),
    Truth("three sizes", PowerLaw(1.0, 4.0, 0.5), sizes=3),
    Truth("five seeds", PowerLaw(1.0, 4.0, 0.5), seeds=5),
    Truth("two seeds", PowerLaw(1.0, 4.0, 0.5), seeds=2),
)


def main() -> int:
    """Print the table; return 1 where a claim does not hold."""
    print(f"{'truth':20} {'sizes':>5} {'seeds':>5} {'forecast %':>10} {'bootstrap %':>11} {'doubling %':>10}  verdicts")
    missed = [truth.name for truth in TRUTHS if not _holds(truth)]
    return 1 if missed else 0


def _holds(truth: Truth) -> bool:
    random = np.random.default_rng(0)
    pairs = SMALLEST * 2 ** np.arange(truth.sizes)
    ahead, gain = truth.law.at(2 * pairs[-1]), truth.law.at(pairs[-1]) - truth.law.at(pairs[-2])
    held = {"forecast": 0, "bootstrap": 0, "doubling": 0}
    verdicts: dict[Verdict, int] = {}
    for _ in range(CURVES):
        values = [[truth.law.at(n) + random.normal(0, NOISE) for n in pairs] for _ in range(truth.seeds)]
        found = _curve(pairs, values)
        held["forecast"] += _inside(found.forecast, ahead)
        held["doubling"] += _inside(found.last_doubling, gain)
        held["bootstrap"] += _bootstrap_holds(pairs, values, ahead, random)
        verdicts[found.verdict] = verdicts.get(found.verdict, 0) + 1
    share = {name: 100 * count / CURVES for name, count in held.items()}
    said = ", ".join(f"{verdict} {100 * count / CURVES:.0f} %" for verdict, count in sorted(verdicts.items()))
    print(
        f"{truth.name:20} {truth.sizes:5} {truth.seeds:5} {share['forecast']:10.1f} {share['bootstrap']:11.1f} "
        f"{share['doubling']:10.1f}  {said}",
        flush=True,
    )
    rising = 100 * verdicts.get(Verdict.RISING, 0) / CURVES
    return min(share["forecast"], share["doubling"]) >= LEAST_HELD and (truth.law.b > 0 or rising <= MOST_RISING)


def _curve(pairs: np.ndarray, values: list[list[float]]) -> MetricCurve:
    trainings = [
        CurveTraining(
            variant="", run_id="", seed=seed, wanted_pairs=int(n), train_pairs=int(n), margin=values[seed][place]
        )
        for seed in range(len(values))
        for place, n in enumerate(pairs)
    ]
    return metric_curve(trainings, "margin")


def _inside(found: Estimate | None, truth: float) -> bool:
    return found is not None and found.low is not None and found.high is not None and found.low <= truth <= found.high


def _bootstrap_holds(pairs: np.ndarray, values: list[list[float]], truth: float, random: np.random.Generator) -> bool:
    laws = [fitted(list(pairs), one) for one in values]
    said = np.array([law.at(2 * pairs[-1]) for law in laws if law])
    means = random.choice(said, (_RESAMPLES, len(said))).mean(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return bool(low <= truth <= high)


if __name__ == "__main__":
    sys.exit(main())
