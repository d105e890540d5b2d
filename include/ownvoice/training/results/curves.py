"""The curves of a training run as one SVG, a panel for each chart of the metrics table; it needs no library."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ownvoice.training.metric_rows import Point, points_of
from ownvoice.training.metrics import optional_panels, panels

_COLUMNS = 3
_PANEL_WIDTH, _PANEL_HEIGHT = 300, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 34, 24
_COLOURS = ("#0072b2", "#d55e00")  # told apart by most colour-blind readers (Okabe and Ito)

CURVES = "curves.svg"


def curves_svg(metrics: Sequence[Mapping[str, Any]]) -> str:
    """Return a picture of all panels. Not-finite numbers are left out; a panel without points says so.

    One that only some trainings have is not there without points.
    """
    shown = {
        title: series
        for title, series in panels().items()
        if title not in optional_panels() or any(points_of(metrics, name) for name in series)
    }
    rows = math.ceil(len(shown) / _COLUMNS)
    width, height = _COLUMNS * _PANEL_WIDTH, rows * _PANEL_HEIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="11" fill="#333333" role="img" aria-label="Training curves">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for index, (title, series) in enumerate(shown.items()):
        x, y = index % _COLUMNS * _PANEL_WIDTH, index // _COLUMNS * _PANEL_HEIGHT
        points = {legend: points_of(metrics, name) for name, legend in series.items()}
        lines += [f'<g transform="translate({x},{y})">', *_panel(title, points), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _panel(title: str, series: Mapping[str, list[Point]]) -> Iterator[str]:
    yield f'<text x="{_LEFT}" y="18" font-size="13" font-weight="bold">{escape(title)}</text>'
    everything = [point for points in series.values() for point in points]
    if not everything:
        yield f'<text x="{_LEFT}" y="{_PANEL_HEIGHT / 2}" fill="#777777">not recorded</text>'
        return
    steps, values = zip(*everything, strict=True)
    low, high = _range(values)
    first, last = min(steps), max(max(steps), min(steps) + 1)
    yield from _axes(low, high, first, last)
    for number, (legend, points) in enumerate(series.items()):
        if points:
            colour = _COLOURS[number]
            placed = " ".join(
                f"{_across(step, first, last):.1f},{_down(value, low, high):.1f}" for step, value in points
            )
            yield f'<polyline points="{placed}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
            x = _PANEL_WIDTH - _RIGHT - 60 * (len(series) - number - 1)
            yield f'<text x="{x}" y="18" fill="{colour}" text-anchor="end">{escape(legend)}</text>'


def _axes(low: float, high: float, first: float, last: float) -> Iterator[str]:
    bottom, right = _PANEL_HEIGHT - _BOTTOM, _PANEL_WIDTH - _RIGHT
    yield f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#bbbbbb"/>'
    if low < 0 < high:
        zero = _down(0, low, high)
        yield f'<path d="M{_LEFT} {zero:.1f}H{right}" stroke="#dddddd" stroke-dasharray="3 3"/>'
    for value, y in ((high, _TOP + 4), (low, bottom)):
        yield f'<text x="{_LEFT - 5}" y="{y}" text-anchor="end">{value:.3g}</text>'
    yield f'<text x="{_LEFT}" y="{_PANEL_HEIGHT - 8}">step {first:g}</text>'
    yield f'<text x="{right}" y="{_PANEL_HEIGHT - 8}" text-anchor="end">{last:g}</text>'


def _range(values: Sequence[float]) -> Point:
    """Return the lowest and the highest value, apart even where all are the same."""
    low, high = min(values), max(values)
    gap = 0.0 if high > low else abs(low) / 10 or 0.1  # a tenth of the smallest float is 0
    return low - gap, high + gap


def _across(step: float, first: float, last: float) -> float:
    return _LEFT + (step - first) / (last - first) * (_PANEL_WIDTH - _LEFT - _RIGHT)


def _down(value: float, low: float, high: float) -> float:
    return _TOP + (high - value) / (high - low) * (_PANEL_HEIGHT - _TOP - _BOTTOM)
