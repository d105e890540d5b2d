"""The audits that have a chart, as row charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ownvoice.dataset.refresh_report import ReportedAudit
from ownvoice.reports.charts.frame import (
    GREEN,
    GREY,
    INK,
    ORANGE,
    RED,
    Spec,
    bare_chart,
    row_chart,
    row_config,
    row_names,
)

if TYPE_CHECKING:
    import altair as alt

_SIDES = {"prompt": GREY, "chosen": GREEN, "rejected": ORANGE}


def audit_specs(audits: Sequence[ReportedAudit]) -> dict[str, Spec]:
    """Return the charts of the audits that have one, by title."""
    titles = {
        "lengths": "Lengths: nine tenths, the middle half, the median",
        "cues": "How well one cue alone tells chosen from rejected (0.5: chance)",
    }
    return {titles[name]: chart.to_dict() for name, chart in audit_charts(audits).items()}


def audit_charts(audits: Sequence[ReportedAudit]) -> dict[str, alt.LayerChart]:
    """Return the charts of the audits that have one: `lengths` and `cues`."""
    charts: dict[str, alt.LayerChart] = {}
    for audit in audits:
        if audit.name == "lengths":
            charts["lengths"] = lengths_chart(audit.numbers)
    if cues := [audit for audit in audits if audit.numbers.get("auc")]:
        charts["cues"] = cues_chart(cues)
    return charts


def lengths_chart(quantiles: Mapping[str, Mapping[str, int]]) -> alt.LayerChart:
    """Draw the numbers of the audit `lengths`: the middle nine tenths, the middle half, and the median."""
    import altair as alt

    rows = [
        dict(found) | {"name": side, "label": f"{found['p50']:,}", "colour": _SIDES[side]}
        for side, found in quantiles.items()
    ]
    base = bare_chart(rows).encode(y=row_names(list(quantiles)))
    colour = alt.Color("colour:N", scale=None)
    x = alt.X("p05:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title="characters", tickCount=5))
    tails = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=x, x2="p95:Q", color=colour)
    middle = base.mark_bar(size=14, cornerRadius=2).encode(x="p25:Q", x2="p75:Q", color=colour)
    median = base.mark_tick(thickness=2, size=22, color=INK).encode(x="p50:Q")
    label = base.mark_text(align="left", dx=5).encode(x="p95:Q", text="label:N")
    return row_chart([tails, middle, median, label], 2 * len(rows), config=row_config())


def cues_chart(audits: Sequence[ReportedAudit]) -> alt.LayerChart:
    """Draw the audits that have an AUC as points from 0.5 (chance) to 1 (certainty), each with its threshold."""
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
    names = list(dict.fromkeys(row["name"] for row in rows))
    base = bare_chart(rows).encode(y=row_names(names))
    scale = alt.Scale(domain=[0.45, 1.05], nice=False, clamp=True)
    x = alt.X("auc:Q", scale=scale, axis=alt.Axis(title="AUC", values=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0]))
    marks = alt.Scale(domain=["version", "night"], range=["circle", "diamond"])
    shape = alt.Shape("scope:N", scale=marks, legend=None)
    points = base.mark_point(filled=True, size=110, color=GREEN, opacity=1).encode(x=x, shape=shape)
    bounds = base.mark_tick(thickness=2, size=22, color=RED).encode(x=alt.X("threshold:Q", scale=scale))
    label = base.mark_text(align="center", dy=-13).encode(x="auc:Q", text="label:N")
    return row_chart([bounds, points, label], 2 * len(names), config=row_config())
