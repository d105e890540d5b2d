"""The curves of training runs as Vega-Lite specs, with a line for each finding of the health rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from ownvoice.reports.charts.frame import ORANGE, RED, Spec, bare_chart, colours, spec
from ownvoice.training.health.findings import Finding
from ownvoice.training.health.judge import panel_of
from ownvoice.training.metric_rows import MetricRow, Point, points_of
from ownvoice.training.metrics import panels

_MAX_POINTS = 600
_ROWS_IN_NUMBERS = 12
_LEVEL_COLOURS = {"warn": ORANGE, "block": RED}


def curve_charts(metrics: Sequence[MetricRow], findings: Sequence[Finding] = ()) -> dict[str, Spec]:
    """Return one spec by title for each panel in which anything was measured."""
    return {
        title: spec(
            _with_rules(_lines(title, rows, "series"), rows, [one for one in findings if panel_of(one) == title])
        )
        for title, rows in _panels({"": metrics})
    }


def overlay_charts(runs: Mapping[str, Sequence[MetricRow]]) -> dict[str, Spec]:
    """Return one spec by title for each panel, with a colour for each run and a dash for each series of it."""
    import altair as alt

    def lines(title: str, rows: list[Spec]) -> Any:
        drawn = _lines(title, rows, "run")
        several = len({row["series"] for row in rows}) > 1
        return drawn.encode(strokeDash=alt.StrokeDash("series:N", title=None, sort=None)) if several else drawn

    return {title: spec(lines(title, rows)) for title, rows in _panels(runs)}


def curves_as_numbers(metrics: Sequence[MetricRow]) -> dict[str, Any]:
    """Return the curves as a table: the names of what was measured, and a few rows from the first step to the last."""
    names = [name for series in panels().values() for name in series if points_of(metrics, name)]
    by_step: dict[int, MetricRow] = {}
    for row in metrics:
        step = int(row["step"])
        by_step[step] = by_step.get(step, {}) | row
    steps = [step for step, row in sorted(by_step.items()) if row.keys() & names]
    most = _ROWS_IN_NUMBERS - 1
    shown = sorted({steps[round(place * (len(steps) - 1) / most)] for place in range(most + 1)}) if steps else []
    return {"names": names, "rows": [by_step[step] for step in shown], "steps": len(steps)}


def thinned(points: Sequence[Point], most: int = _MAX_POINTS) -> list[Point]:
    """Return at most `most` points: the lowest and the highest of equal stretches, so that no spike is lost."""
    if len(points) <= most:
        return list(points)
    stretches = most // 2
    bounds = [place * len(points) // stretches for place in range(stretches + 1)]
    kept = set()
    for start, end in pairwise(bounds):
        stretch = range(start, end)
        kept |= {min(stretch, key=lambda i: points[i][1]), max(stretch, key=lambda i: points[i][1])}
    return [points[i] for i in sorted(kept)]


def _panels(runs: Mapping[str, Sequence[MetricRow]]) -> Iterator[tuple[str, list[Spec]]]:
    for title, series in panels().items():
        rows = [
            {"run": run, "series": legend, "step": step, "value": value}
            for run, metrics in runs.items()
            for name, legend in series.items()
            for step, value in thinned(points_of(metrics, name))
        ]
        if rows:
            yield title, rows


def _lines(title: str, rows: list[Spec], coloured_by: str) -> Any:
    import altair as alt

    alone = len({row["run"] for row in rows}) == 1 and len({row["series"] for row in rows}) == 1
    tooltip = ["run:N", "series:N", "step:Q", "value:Q"]
    return (
        bare_chart(rows)
        .mark_line(point=len(rows) < 60)
        .encode(
            alt.X("step:Q", title="step", axis=alt.Axis(tickMinStep=1)),
            alt.Y(
                "value:Q",
                title=None,
                scale=alt.Scale(zero=False),
                axis=alt.Axis(format="~e" if title == "Learning rate" else "~g"),
            ),
            alt.Color(f"{coloured_by}:N", title=None, sort=None, legend=None if alone else alt.Legend(columns=2)),
            tooltip=tooltip if coloured_by == "run" else tooltip[1:],
        )
    )


def _with_rules(lines: Any, rows: list[Spec], findings: Sequence[Finding]) -> Any:
    """Draw a line across the panel at the step of each finding, with the name of its rule."""
    import altair as alt

    if not findings:
        return lines
    middle = max(row["step"] for row in rows) / 2
    found = [asdict(one) | {"name": one.rule.replace("_", " "), "is_late": one.step > middle} for one in findings]
    where = bare_chart(found).encode(
        alt.X("step:Q"),
        colours("level", _LEVEL_COLOURS, legend=None),
        tooltip=["level:N", "name:N", "step:Q", "reason:N"],
    )
    rule = where.mark_rule(strokeDash=[5, 3], strokeWidth=2)
    name = where.mark_text(
        baseline="top",
        fontWeight="bold",
        align=alt.expr("datum.is_late ? 'right' : 'left'"),
        dx=alt.expr("datum.is_late ? -5 : 5"),
    ).encode(alt.Text("name:N"), y=alt.value(1))
    return alt.layer(lines, rule, name).resolve_scale(color="independent")
