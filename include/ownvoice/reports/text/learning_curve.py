"""A learning curve as text: what each size measured, what the last doubling brought, and what the book advises."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.evaluation.curve.curve import LearningCurve, MetricCurve, Verdict
from ownvoice.evaluation.curve.intervals import LEVEL, Estimate
from ownvoice.evaluation.curve.metrics import ADVICE, METRICS, Advice
from ownvoice.reports.formats import NOTHING, number
from ownvoice.terminal import in_one_line, wrapped

_PAIRS_CHARS, _VALUE_CHARS = 11, 22

_MEANS = {
    Verdict.RISING: "rising: more pairs like these still help",
    Verdict.FLAT: "flat: the last doubling brought nothing that can be told from chance",
    Verdict.FALLING: "falling: the last doubling made it worse; look at the newest articles and at the recipe",
    Verdict.TOO_NOISY: "too noisy to say: the last doubling may have brought nothing, or as much as those before it; "
    "raise curve_seeds",
    Verdict.TOO_FEW: "too few trainings to say: it takes the last two sizes, each measured by two seeds or more",
}


def learning_curve_lines(curve: LearningCurve) -> Iterator[str]:
    """Yield a curve: a row for each size, a sentence for each measure, the advice beside what this version has."""
    yield from wrapped(f"Learning curve of {curve.run_id} on dataset version {curve.dataset_version}")
    yield from wrapped(f"{len(curve.trainings)} trainings, tested on the same {number(curve.test_pairs)} pairs")
    yield _row("train pairs", (METRICS[one.metric].title.lower() for one in curve.curves))
    for pairs, values in size_rows(curve):
        yield _row(number(pairs), map(estimate_text, values))
    for one in curve.curves:
        yield from wrapped(f"{METRICS[one.metric].title.lower()}: {curve_sentence(one)}", 2)
    for training in curve.trainings:
        if training.why_not:
            yield from wrapped(f"not trained: {training.variant} ({in_one_line(training.why_not)})", 2)
    yield from wrapped(f"Chapter 6 advises, where this version has {number(curve.train_pairs)} train pairs:")
    for advice, has in advice_rows(curve):
        yield from wrapped(f"  {advice_range(advice)} pairs for {advice.purpose}: {has}", 4)
    yield from wrapped(f"Intervals are of {LEVEL:.0%}, by Student's t over seeds.")


def size_rows(curve: LearningCurve) -> list[tuple[float, list[Estimate | None]]]:
    """Return the mean pairs of each size and, of each measure, its estimate there or None."""
    pairs = {size.wanted_pairs: size.pairs for one in reversed(curve.curves) for size in one.sizes}
    found = [{size.wanted_pairs: size.value for size in one.sizes} for one in curve.curves]
    return [(pairs[wanted], [one.get(wanted) for one in found]) for wanted in sorted(pairs)]


def curve_sentence(curve: MetricCurve) -> str:
    """Return what a curve says of more data."""
    if not curve.sizes:
        return "not measured"
    parts = [_MEANS[curve.verdict]]
    if curve.last_doubling:
        smaller, larger = (number(one.pairs) for one in curve.sizes[-2:])
        gain = _with_ends(curve.last_doubling, "+")
        parts.append(f"from {smaller} to {larger} pairs the last doubling made it better by {gain}")
    if curve.forecast and curve.forecast_pairs:
        parts.append(f"at {number(curve.forecast_pairs)} pairs it would be {estimate_text(curve.forecast)}")
    return "; ".join(parts)


def estimate_text(found: Estimate | None) -> str:
    """Return a mean with its interval."""
    if found is None:
        return NOTHING
    return _with_ends(found, "")


def advice_rows(curve: LearningCurve) -> list[tuple[Advice, str]]:
    """Return each piece of advice with where the version stands in it."""
    return [(one, _stands(one, curve.train_pairs)) for one in ADVICE]


def advice_range(advice: Advice) -> str:
    """Return the pairs that are advised."""
    return f"{advice.least:,} to {advice.most:,}" if advice.most else f"{advice.least:,} or more"


def _stands(advice: Advice, pairs: int) -> str:
    if pairs < advice.least:
        return f"{advice.least - pairs:,} fewer"
    return "within" if advice.most is None or pairs <= advice.most else f"{pairs - advice.most:,} more"


def _with_ends(found: Estimate, sign: str) -> str:
    mean = f"{found.mean:{sign}.3g}"
    if found.low is None or found.high is None:
        return mean
    return f"{mean} [{found.low:{sign}.3g}, {found.high:{sign}.3g}]"


def _row(name: str, cells: Iterator[str]) -> str:
    return f"{name:>{_PAIRS_CHARS}} {' '.join(f'{cell:>{_VALUE_CHARS}}' for cell in cells)}".rstrip()
