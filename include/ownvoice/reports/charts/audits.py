"""The charts of a report as altair charts, so that a page and the Airflow UI draw the same picture.

Every function takes what stands in `report.json`. Text and rules are drawn in `currentColor`, and the other colours
are legible on light and dark, so that a chart takes on the theme of the page that it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ownvoice.dataset.refresh_report import ReportedAudit
from ownvoice.reports.waterfall import Step

if TYPE_CHECKING:
    import altair as alt

    Chart = alt.Chart | alt.LayerChart | alt.VConcatChart

CHOSEN, REJECTED, LOST, NEUTRAL = "#2a9d8f", "#e08e45", "#d1495b", "#8d99ae"
_INK = "currentColor"
_KIND_COLOURS = {"total": NEUTRAL, "lost": LOST, "added": NEUTRAL, "left": CHOSEN}
_SIDE_COLOURS = {"prompt": NEUTRAL, "chosen": CHOSEN, "rejected": REJECTED}
_WIDTH_PX, _ROW_PX, _LABEL_PX = 220, 24, 165  # with its labels a chart fits a phone


def svg(chart: Chart) -> str:
    """Render a chart as SVG: no script, no reference to anything outside."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def waterfall_chart(steps: Iterable[Step]) -> Chart:
    """Draw a waterfall for each stage, one below the other, each to its own scale."""
    import altair as alt

    stages = [_stage_chart(stage, list(group)) for stage, group in groupby(steps, lambda step: step.stage)]
    return alt.vconcat(*stages, spacing=18, config=_config())


def _stage_chart(stage: str, steps: Sequence[Step]) -> alt.LayerChart:
    import altair as alt

    rows = [asdict(step) | {"label": _signed(step), "colour": _KIND_COLOURS[step.kind]} for step in steps]
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=_names([step.name for step in steps]))
    room = alt.Scale(domain=[0, 1.3 * max(step.end for step in steps)], nice=False)
    bars = base.mark_bar(cornerRadius=2).encode(
        x=alt.X("start:Q", scale=room, axis=None), x2="end:Q", color=alt.Color("colour:N", scale=None)
    )
    counts = base.mark_text(align="left", dx=5).encode(x="end:Q", text="label:N")
    return _layered([bars, counts], len(steps), title=stage.capitalize())


def lengths_chart(quantiles: Mapping[str, Mapping[str, int]]) -> Chart:
    """Draw the numbers of the audit `lengths`: the middle nine tenths, the middle half, and the median."""
    import altair as alt

    rows = [
        dict(found) | {"name": side, "label": f"{found['p50']:,}", "colour": _SIDE_COLOURS[side]}
        for side, found in quantiles.items()
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=_names(list(quantiles)))
    colour = alt.Color("colour:N", scale=None)
    x = alt.X("p05:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title="characters", tickCount=5))
    tails = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=x, x2="p95:Q", color=colour)
    middle = base.mark_bar(size=14, cornerRadius=2).encode(x="p25:Q", x2="p75:Q", color=colour)
    median = base.mark_tick(thickness=2, size=22, color=_INK).encode(x="p50:Q")
    label = base.mark_text(align="left", dx=5).encode(x="p95:Q", text="label:N")
    return _layered([tails, middle, median, label], 2 * len(rows), config=_config())


def cues_chart(audits: Iterable[ReportedAudit]) -> Chart:
    """Draw the audits that have an AUC as points between a coin and certainty, each with the place where it warns."""
    import altair as alt

    rows = [
        {
            "name": audit.name.removeprefix("told_apart_by_"),
            "scope": audit.scope,
            "auc": audit.numbers["auc"],
            "threshold": audit.threshold,
            "label": f"{audit.numbers['auc']:.2f}",
        }
        for audit in audits
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=_names(list(dict.fromkeys(row["name"] for row in rows))))
    room = alt.Scale(domain=[0.45, 1.05], nice=False, clamp=True)
    x = alt.X("auc:Q", scale=room, axis=alt.Axis(title="AUC", values=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0]))
    marks = alt.Scale(domain=["version", "night"], range=["circle", "diamond"])
    shape = alt.Shape("scope:N", scale=marks, legend=None)
    points = base.mark_point(filled=True, size=110, color=CHOSEN, opacity=1).encode(x=x, shape=shape)
    bounds = base.mark_tick(thickness=2, size=22, color=LOST).encode(x=alt.X("threshold:Q", scale=room))
    label = base.mark_text(align="center", dy=-13).encode(x="auc:Q", text="label:N")
    return _layered([bounds, points, label], 2 * len({row["name"] for row in rows}), config=_config())


def bars_chart(counts: Mapping[str, int], unit: str) -> Chart:
    """Draw one bar for each count, with its number."""
    import altair as alt

    rows = [{"name": name, "count": count, "label": f"{count:,}"} for name, count in counts.items()]
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=_names(list(counts)))
    room = alt.Scale(domain=[0, 1.5 * max(counts.values())], nice=False)
    bars = base.mark_bar(cornerRadius=2, color=NEUTRAL).encode(x=alt.X("count:Q", stack=None, scale=room, axis=None))
    label = base.mark_text(align="left", dx=5).encode(x="count:Q", text="label:N")
    return _layered([bars, label], len(rows), config=_config(), title=unit)


def _signed(step: Step) -> str:
    return {"lost": "−", "added": "+"}.get(step.kind, "") + f"{step.count:,}"


def _names(names: Sequence[str]) -> alt.Y:
    """Return the axis of names, as wide in every chart, so that charts stand in line below each other."""
    import altair as alt

    axis = alt.Axis(minExtent=_LABEL_PX, maxExtent=_LABEL_PX, labelLimit=_LABEL_PX, labelPadding=8)
    return alt.Y("name:N", sort=list(names), title=None, axis=axis)


def _layered(layers: list[alt.Chart], rows: int, **properties: Any) -> alt.LayerChart:
    import altair as alt

    return alt.LayerChart(layer=layers, width=_WIDTH_PX, height=rows * _ROW_PX, **properties)


def _config() -> alt.Config:
    """Return the colours of the page around a chart."""
    import altair as alt

    axis = {"labelColor": _INK, "titleColor": _INK, "gridColor": _INK, "gridOpacity": 0.15, "labelFontSize": 13}
    return alt.Config(
        font="system-ui, sans-serif",
        background="transparent",
        view={"stroke": None},
        axis=axis | {"titleFontSize": 12, "titleFontWeight": "normal", "domain": False, "ticks": False},
        title={"color": _INK, "anchor": "start", "frame": "bounds", "fontSize": 13, "offset": 6},
        text={"color": _INK, "fontSize": 13},
    )
