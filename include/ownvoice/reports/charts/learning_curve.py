"""A learning curve as a picture: trainings, means with intervals, the fitted law and its forecast at twice the data."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ownvoice.evaluation.curve.curve import LearningCurve, MetricCurve
from ownvoice.evaluation.curve.metrics import METRICS, VOICE
from ownvoice.reports.charts.frame import BLUE, GREEN, GREY, ORANGE, Spec, bare_chart, row_config, spec

if TYPE_CHECKING:
    import altair as alt

_WIDTH_PX, _HEIGHT_PX = 340, 190
_MARGIN = 1.25  # of the axis of pairs, to each side
_LINE_POINTS = 40


def learning_curve_charts(curve: LearningCurve) -> dict[str, Spec]:
    """Return one spec by title for each measure that any training has."""
    return {METRICS[one.metric].title: spec(_chart(curve, one), _HEIGHT_PX) for one in _measured(curve)}


def learning_curve_picture(curve: LearningCurve) -> alt.VConcatChart | None:
    """Return the same as one picture of a fixed width, which needs no script; None where nothing was measured."""
    import altair as alt

    charts = [
        _chart(curve, one).properties(title=METRICS[one.metric].title, width=_WIDTH_PX, height=_HEIGHT_PX)
        for one in _measured(curve)
    ]
    return alt.vconcat(*charts, spacing=18, config=row_config()) if charts else None


def _measured(curve: LearningCurve) -> Iterator[MetricCurve]:
    return (one for one in curve.curves if one.sizes)


def _chart(curve: LearningCurve, found: MetricCurve) -> Any:
    import altair as alt

    low, high = _ends(curve, found)
    x = alt.X(
        "pairs:Q",
        title="train pairs",
        scale=alt.Scale(type="log", base=2, domain=[low, high], nice=False),
        axis=alt.Axis(values=_ticks(found), format=",.0f", labelOverlap=True),
    )
    y = alt.Y("value:Q", title=METRICS[found.metric].unit, scale=alt.Scale(zero=False))
    layers = [*_advised(low, high, x), *_law(found, x, y), *_estimates(found, x, y), _trainings(curve, found, x, y)]
    return alt.layer(*layers)


def _ends(curve: LearningCurve, found: MetricCurve) -> tuple[float, float]:
    pairs = [one.train_pairs for one in curve.trainings if one.train_pairs]
    return min(pairs) / _MARGIN, max(found.forecast_pairs or 0, *pairs) * _MARGIN


def _ticks(found: MetricCurve) -> list[float]:
    forecast = [found.forecast_pairs] if found.forecast_pairs else []
    return [round(pairs) for pairs in (*(one.pairs for one in found.sizes), *forecast)]


def _advised(low: float, high: float, x: Any) -> Iterator[Any]:
    """Shade the sizes that the book advises for such a task, as far as the axis goes."""
    start, end = max(low, VOICE.least), min(high, VOICE.most or high)
    if start < end:
        band = bare_chart([{"pairs": start, "end": end, "advised": f"{VOICE.least:,} to {VOICE.most:,}"}])
        yield band.mark_rect(fill=GREEN, opacity=0.15).encode(x=x, x2="end:Q", tooltip=["advised:N"])


def _trainings(curve: LearningCurve, found: MetricCurve, x: Any, y: Any) -> Any:
    rows = [
        {"pairs": one.train_pairs, "value": getattr(one, found.metric), "seed": one.seed, "training": one.variant}
        for one in curve.trainings
        if one.train_pairs and getattr(one, found.metric) is not None
    ]
    points = bare_chart(rows).mark_point(size=22, color=GREY, opacity=0.9)
    return points.encode(x=x, y=y, tooltip=["training:N", "pairs:Q", "value:Q"])


def _estimates(found: MetricCurve, x: Any, y: Any) -> Iterator[Any]:
    """Draw the mean of each size, and the forecast, with their intervals."""
    rows = [{"pairs": one.pairs, "colour": BLUE} | _ends_of(one.value) for one in found.sizes]
    if found.forecast and found.forecast_pairs:
        rows.append({"pairs": found.forecast_pairs, "colour": ORANGE} | _ends_of(found.forecast))
    base = bare_chart(rows)
    colour, tooltip = {"field": "colour", "type": "nominal", "scale": None}, ["pairs:Q", "value:Q", "low:Q", "high:Q"]
    whole = base.transform_filter("isValid(datum.low)")
    yield whole.mark_rule(strokeWidth=2).encode(x=x, y="low:Q", y2="high:Q", color=colour, tooltip=tooltip)
    yield base.mark_point(filled=True, size=70, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip)


def _ends_of(found: Any) -> Spec:
    return {"value": found.mean, "low": found.low, "high": found.high}


def _law(found: MetricCurve, x: Any, y: Any) -> Iterator[Any]:
    """Draw the law: solid over what was trained, dashed from there to the forecast."""
    if found.law is None:
        return
    stops = [found.sizes[0].pairs, found.sizes[-1].pairs, *([found.forecast_pairs] if found.forecast_pairs else [])]
    for (start, end), (colour, dash) in zip(pairwise(stops), ((BLUE, [1, 0]), (ORANGE, [5, 4])), strict=False):
        rows = [
            {"pairs": pairs, "value": found.law.at(pairs)} for pairs in np.geomspace(start, end, _LINE_POINTS).tolist()
        ]
        yield bare_chart(rows).mark_line(strokeWidth=1.5, color=colour, strokeDash=dash).encode(x=x, y=y)
