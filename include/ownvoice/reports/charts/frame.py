"""What all charts share: colours, data and size.

There are two kinds. A *spec* is drawn by a page's script, as wide as its place on the page. A *row chart* has one row
for each name and a fixed width that fits a phone, so that it can also be rendered to SVG for a page without a script;
its text is drawn in `currentColor`, and its other colours are legible on light and on dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

    RowChart = alt.LayerChart | alt.VConcatChart

Spec = dict[str, Any]

BLUE, ORANGE, GREEN, RED, PURPLE, GOLD = "#5b7cfa", "#e8912d", "#2a9d8f", "#d1495b", "#8e6bbf", "#c9a227"
CYAN, GREY = "#7fb7be", "#8d99ae"
INK = "currentColor"
_SERIES = [BLUE, ORANGE, GREEN, RED, PURPLE, GOLD]

_HEIGHT_PX = 150
_WIDTH_PX, _ROW_PX, _LABEL_PX = 220, 24, 165


def bare_chart(rows: Sequence[Spec]) -> Any:
    """Return a chart over `rows` without marks; altair types its fluent methods as Any."""
    import altair as alt

    return alt.Chart(alt.Data(values=list(rows)))  # type: ignore[no-untyped-call]


def spec(chart: Any, height_px: int = _HEIGHT_PX) -> Spec:
    """Return the Vega-Lite spec of `chart`, as wide as the place where it is drawn."""
    sized: Spec = chart.properties(width="container", height=height_px).configure_range(category=_SERIES).to_dict()
    return sized


def colours(field: str, of_value: dict[str, str], **legend: Any) -> alt.Color:
    """Return the colours of `field`, one for each of its values, with a legend."""
    import altair as alt

    scale = alt.Scale(domain=[*of_value], range=[*of_value.values()])
    return alt.Color(f"{field}:N", title=None, scale=scale, **legend)


def time_axis(shorthand: str, time_format: str) -> alt.X:
    """Return an axis of moments, with labels as far apart as they need."""
    import altair as alt

    return alt.X(shorthand, title=None, axis=alt.Axis(format=time_format, labelOverlap=True, labelSeparation=8))


def row_names(names: Sequence[str]) -> alt.Y:
    """Return the axis of names, as wide in every row chart, so that charts below each other are in line."""
    import altair as alt

    axis = alt.Axis(minExtent=_LABEL_PX, maxExtent=_LABEL_PX, labelLimit=_LABEL_PX, labelPadding=8)
    return alt.Y("name:N", sort=list(names), title=None, axis=axis)


def row_chart(layers: list[Any], rows: int, **properties: Any) -> alt.LayerChart:
    """Return `layers` over each other, with the height of so many rows."""
    import altair as alt

    return alt.LayerChart(layer=layers, width=_WIDTH_PX, height=rows * _ROW_PX, **properties)


def row_config() -> alt.Config:
    """Return the look of a row chart."""
    import altair as alt

    axis = {"labelColor": INK, "titleColor": INK, "gridColor": INK, "gridOpacity": 0.15, "labelFontSize": 13}
    return alt.Config(
        font="system-ui, sans-serif",
        background="transparent",
        view={"stroke": None},
        axis=axis | {"titleFontSize": 12, "titleFontWeight": "normal", "domain": False, "ticks": False},
        title={"color": INK, "anchor": "start", "frame": "bounds", "fontSize": 13, "offset": 6},
        text={"color": INK, "fontSize": 13},
    )


def svg(chart: RowChart) -> str:
    """Render a row chart as SVG: no script, and no reference to anything outside."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.to_dict()))
