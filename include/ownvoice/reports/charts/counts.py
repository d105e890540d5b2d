"""Counts as a row chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ownvoice.reports.charts.frame import GREY, bare_chart, row_chart, row_config, row_names

if TYPE_CHECKING:
    import altair as alt


def counts_chart(counts: Mapping[str, int], title: str) -> alt.LayerChart:
    """Draw a bar for each count, with its number."""
    import altair as alt

    rows = [{"name": name, "count": count, "label": f"{count:,}"} for name, count in counts.items()]
    base = bare_chart(rows).encode(y=row_names(list(counts)))
    scale = alt.Scale(domain=[0, 1.5 * max(counts.values())], nice=False)  # leaves room for the labels
    bars = base.mark_bar(cornerRadius=2, color=GREY).encode(x=alt.X("count:Q", stack=None, scale=scale, axis=None))
    label = base.mark_text(align="left", dx=5).encode(x="count:Q", text="label:N")
    return row_chart([bars, label], len(rows), config=row_config(), title=title)
