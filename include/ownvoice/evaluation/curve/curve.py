"""From the trainings of a learning curve to what more data would bring: the content of `learning_curve.json`. Pure.

Every interval is over seeds: of the mean at a size, of what the last doubling brought to the same seed, and of what a
law fitted to each seed's own trainings says of twice the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from statistics import fmean

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ownvoice.evaluation.curve.intervals import Estimate, estimate
from ownvoice.evaluation.curve.metrics import METRICS, MetricName
from ownvoice.evaluation.curve.power_law import PowerLaw, fitted

_MOST_OF_A_DOUBLING = 2.5  # sizes are whole articles, so that the next one is not exactly twice as large


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Verdict(StrEnum):
    """What the last doubling says of more data; `too_noisy` where it may be nothing or as much as those before."""

    RISING = "rising"
    FLAT = "flat"
    FALLING = "falling"
    TOO_NOISY = "too_noisy"
    TOO_FEW = "too_few"


class CurveTraining(_Part):
    """One training. `wanted_pairs` names its size (the whole version: all pairs), `train_pairs` what it was trained on.

    A measure that is missing is None, and `why_not` says why where there is no model.
    """

    variant: str
    run_id: str
    seed: int
    wanted_pairs: int
    train_pairs: int | None = None
    steps: int | None = None
    margin: FiniteFloat | None = None
    accuracy: FiniteFloat | None = None
    style_distance: FiniteFloat | None = None
    why_not: str | None = None


class CurveSize(_Part):
    """The trainings of one size: the mean of their pairs, and of a measure over their seeds."""

    wanted_pairs: int
    pairs: FiniteFloat
    value: Estimate


class MetricCurve(_Part):
    """The curve of one measure.

    `last_doubling` is what the last doubling made better (above 0, also where less is better). `law` is fitted to all
    trainings; `forecast` is the value at `forecast_pairs`, twice the pairs of the largest size and never more; there is
    none where the last doubling made it worse.
    """

    metric: MetricName
    sizes: tuple[CurveSize, ...] = ()
    last_doubling: Estimate | None = None
    law: PowerLaw | None = None
    forecast_pairs: FiniteFloat | None = None
    forecast: Estimate | None = None
    verdict: Verdict


class LearningCurve(_Part):
    """The content of `learning_curve.json`."""

    run_id: str
    dataset_version: int
    train_pairs: int = Field(description="Of the whole version, the largest size.")
    test_pairs: int | None
    trainings: tuple[CurveTraining, ...]
    curves: tuple[MetricCurve, ...]


Values = Mapping[int, Mapping[int, tuple[float, float]]]
"""By size, and then by seed: the pairs that were trained on, and the measure times its sign, so that more is better."""


def metric_curve(trainings: Sequence[CurveTraining], metric: MetricName) -> MetricCurve:
    """Return the curve of a measure over the trainings that have it."""
    sign, values = METRICS[metric].sign, _values(trainings, metric)
    sizes = [_size(wanted, by_seed, sign) for wanted, by_seed in values.items()]
    gains = _gains(values)
    points = [point for by_seed in values.values() for point in by_seed.values()]
    law = fitted([pairs for pairs, _ in points], [value for _, value in points])
    twice, forecast = (None, None) if _falls(gains) else _forecast(values)
    return MetricCurve(
        metric=metric,
        sizes=tuple(sizes),
        last_doubling=gains,
        law=law and PowerLaw(sign * law.a, sign * law.b, law.c),
        forecast_pairs=twice,
        forecast=forecast and _signed(forecast, sign),
        verdict=_verdict(values, gains),
    )


def _values(trainings: Sequence[CurveTraining], metric: MetricName) -> Values:
    values: dict[int, dict[int, tuple[float, float]]] = {}
    for one in sorted(trainings, key=lambda one: one.wanted_pairs):
        value: float | None = getattr(one, metric)
        if value is not None and one.train_pairs:
            values.setdefault(one.wanted_pairs, {})[one.seed] = one.train_pairs, METRICS[metric].sign * value
    return values


def _size(wanted_pairs: int, by_seed: Mapping[int, tuple[float, float]], sign: int) -> CurveSize:
    found = estimate([value for _, value in by_seed.values()])
    assert found is not None, "a size is there with its first value"
    return CurveSize(
        wanted_pairs=wanted_pairs, pairs=fmean(pairs for pairs, _ in by_seed.values()), value=_signed(found, sign)
    )


def _signed(found: Estimate, sign: int) -> Estimate:
    return found if sign > 0 else found.negated()


def _gains(values: Values) -> Estimate | None:
    """Return what the last doubling brought; None where its trainings are missing."""
    if len(values) < 2:
        return None
    smaller, larger = list(values)[-2:]
    return _difference(values, smaller, larger) if larger / smaller <= _MOST_OF_A_DOUBLING else None


def _difference(values: Values, smaller: int, larger: int) -> Estimate | None:
    both = [seed for seed in values[larger] if seed in values[smaller]]
    return estimate([values[larger][seed][1] - values[smaller][seed][1] for seed in both])


def _forecast(values: Values) -> tuple[float | None, Estimate | None]:
    """Return twice the pairs of the largest size, and the mean of what each seed's own law says there.

    A seed without the largest size says nothing: for it that would be more than twice its data.
    """
    if not values:
        return None, None
    largest = values[max(values)]
    twice = 2 * fmean(pairs for pairs, _ in largest.values())
    said = []
    for seed in largest:
        pairs, found = zip(*(by_seed[seed] for by_seed in values.values() if seed in by_seed), strict=True)
        if law := fitted(pairs, found):
            said.append(law.at(twice))
    return (twice, estimate(said)) if said else (None, None)


def _falls(gain: Estimate | None) -> bool:
    """Whether the last doubling made it worse, of which no law that never falls can say where it leads."""
    return gain is not None and (gain.mean if gain.high is None else gain.high) < 0


def _verdict(values: Values, gain: Estimate | None) -> Verdict:
    if gain is None or gain.low is None or gain.high is None:
        return Verdict.TOO_FEW
    if gain.low > 0:
        return Verdict.RISING
    if _falls(gain):
        return Verdict.FALLING
    return Verdict.TOO_NOISY if _may_rise_as_before(values, gain.high) else Verdict.FLAT


def _may_rise_as_before(values: Values, most: float) -> bool:
    """Whether the curve rises as a whole, and the last doubling may have brought as much as those before did."""
    first, *between, last = values
    if not between:
        return False
    whole, earlier = _difference(values, first, last), _difference(values, first, between[-1])
    if whole is None or whole.low is None or earlier is None:
        return False
    return whole.low > 0 and most >= earlier.mean / len(between)
