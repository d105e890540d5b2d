"""When the batches of a refresh were at work, and when what went wrong, as specs."""

from __future__ import annotations

from collections.abc import Sequence

from ownvoice.reports.charts.frame import BLUE, ORANGE, Spec, bare_chart, colours, spec, time_axis
from ownvoice.reports.timeline import BatchTime, FaultCount

_MAX_BATCHES = 64
_MAX_NAMED = 16
_ROW_PX = 14
_CLOCK = "%H:%M:%S"


def batch_chart(batches: Sequence[BatchTime]) -> Spec | None:
    """Draw a bar from the first try of each of two or more batches to its last, in the order in which they began."""
    import altair as alt

    asked = sorted((one for one in batches if one.began), key=lambda one: str(one.began))[:_MAX_BATCHES]
    if len(asked) < 2:
        return None  # a bar across the page that says nothing
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
    chart = (
        bare_chart(rows)
        .mark_bar(cornerRadius=2, minBandSize=2)
        .encode(
            time_axis("began:T", _CLOCK),
            x2="ended:T",
            y=alt.Y("batch:N", title=None, sort=None, axis=alt.Axis(labels=len(asked) <= _MAX_NAMED, ticks=False)),
            color=colours("mark", {"without": BLUE, "with faults": ORANGE}),
            tooltip=["label:N", "chunks:Q", "faults:Q", "began:T", "ended:T"],
        )
    )
    return spec(chart, height_px=max(60, _ROW_PX * len(asked)))


def fault_chart(faults: Sequence[FaultCount]) -> Spec | None:
    """Draw how many tries went wrong when, by fault; None where none did."""
    import altair as alt

    if not faults:
        return None
    chart = (
        bare_chart([one._asdict() | {"at": one.at.isoformat()} for one in faults])
        .mark_bar(width=6)
        .encode(
            time_axis("at:T", _CLOCK),
            alt.Y("tries:Q", title=None, axis=alt.Axis(tickMinStep=1)),
            alt.Color("fault:N", title=None, legend=alt.Legend(columns=2)),
            tooltip=["at:T", "fault:N", "tries:Q"],
        )
    )
    return spec(chart)
