"""Charts of one refresh, as Vega-Lite specs: its hours, and its audits as the report draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ownvoice.dataset.refresh_report import ReportedAudit
from ownvoice.reports.charts.audits import cues_chart, lengths_chart
from ownvoice.reports.charts.trends import Spec, bare_chart, spec
from ownvoice.reports.timeline import BatchTime

_MAX_BATCHES = 64
_ROW_PX = 14


def batch_chart(batches: Sequence[BatchTime]) -> Spec | None:
    """Draw a bar from the first try of each batch to its last, in the order in which they began; None without any."""
    import altair as alt

    asked = sorted((one for one in batches if one.began), key=lambda one: str(one.began))[:_MAX_BATCHES]
    if not asked:
        return None
    rows = [
        {
            "batch": one.name,
            "label": one.label,
            "began": str(one.began),
            "ended": str(one.ended),
            "chunks": one.chunks,
            "faults": one.faults,
            "mark": "with faults" if one.faults else "without",
        }
        for one in asked
    ]
    colour = alt.Color(
        "mark:N", title=None, scale=alt.Scale(domain=["without", "with faults"], range=["#5b7cfa", "#e8912d"])
    )
    chart: Any = bare_chart(rows).mark_bar(cornerRadius=2, minBandSize=2)
    encoded = chart.encode(
        alt.X("began:T", title=None, axis=alt.Axis(format="%H:%M:%S", labelOverlap=True, labelSeparation=8)),
        x2="ended:T",
        y=alt.Y("batch:N", title=None, sort=None, axis=alt.Axis(labels=len(asked) <= 16, ticks=False)),
        color=colour,
        tooltip=["label:N", "chunks:Q", "faults:Q", "began:T", "ended:T"],
    )
    return spec(encoded, height_px=max(60, _ROW_PX * len(asked)))


def fault_chart(faults: Sequence[dict[str, Any]]) -> Spec | None:
    """Draw how many tries went wrong when, by class; None where none did."""
    import altair as alt

    if not faults:
        return None
    chart: Any = bare_chart(list(faults)).mark_bar(width=6)
    encoded = chart.encode(
        alt.X("at:T", title=None, axis=alt.Axis(format="%H:%M:%S", labelOverlap=True, labelSeparation=8)),
        alt.Y("tries:Q", title=None, axis=alt.Axis(tickMinStep=1)),
        alt.Color("fault:N", title=None, legend=alt.Legend(columns=2)),
        tooltip=["at:T", "fault:N", "tries:Q"],
    )
    return spec(encoded)


def audit_charts(audits: Sequence[ReportedAudit]) -> dict[str, Spec]:
    """Return the charts of the audits that have one, by title."""
    found: dict[str, Spec] = {}
    for audit in audits:
        if audit.name == "lengths":
            found["Lengths: nine tenths, the middle half, the median"] = lengths_chart(audit.numbers).to_dict()
    if cues := [audit for audit in audits if audit.numbers.get("auc")]:
        found["How well one cue alone tells chosen from rejected (0.5: not at all)"] = cues_chart(cues).to_dict()
    return found
