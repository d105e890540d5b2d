"""The waterfall of a refresh as a row chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from ownvoice.reports.charts.frame import GREEN, GREY, RED, bare_chart, row_chart, row_config, row_names
from ownvoice.reports.waterfall import Step

if TYPE_CHECKING:
    import altair as alt

_COLOURS = {"total": GREY, "lost": RED, "added": GREY, "left": GREEN}


def waterfall_chart(steps: Iterable[Step]) -> alt.VConcatChart:
    """Draw a waterfall for each stage, one below the other, each to its own scale."""
    import altair as alt

    stages = [_stage_chart(stage, list(group)) for stage, group in groupby(steps, lambda step: step.stage)]
    return alt.vconcat(*stages, spacing=18, config=row_config())


def _stage_chart(stage: str, steps: Sequence[Step]) -> alt.LayerChart:
    import altair as alt

    rows = [asdict(step) | {"label": _signed(step), "colour": _COLOURS[step.kind]} for step in steps]
    base = bare_chart(rows).encode(y=row_names([step.name for step in steps]))
    scale = alt.Scale(domain=[0, 1.3 * max(step.end for step in steps)], nice=False)  # leaves room for the labels
    bars = base.mark_bar(cornerRadius=2).encode(
        x=alt.X("start:Q", scale=scale, axis=None), x2="end:Q", color=alt.Color("colour:N", scale=None)
    )
    counts = base.mark_text(align="left", dx=5).encode(x="end:Q", text="label:N")
    return row_chart([bars, counts], len(steps), title=stage.capitalize())


def _signed(step: Step) -> str:
    return {"lost": "−", "added": "+"}.get(step.kind, "") + f"{step.count:,}"
