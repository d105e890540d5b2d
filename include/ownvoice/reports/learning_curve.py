"""The last step of a learning curve: its figures and its picture in the lake, and its lines for a terminal."""

from __future__ import annotations

from ownvoice.evaluation.curve.stored import write_learning_curve
from ownvoice.reports.charts.frame import svg
from ownvoice.reports.charts.learning_curve import learning_curve_picture
from ownvoice.reports.text.learning_curve import learning_curve_lines
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys


def report_curve(lake: Lake, run_id: str) -> list[str]:
    """Write `learning_curve.json` and `learning_curve.svg` of a run; return the lines, none where it has no curve."""
    curve = write_learning_curve(lake, run_id)
    if curve is None:
        return []
    if (picture := learning_curve_picture(curve)) is not None:
        lake.store.write(RunKeys(run_id).learning_curve("svg"), svg(picture).encode())
    return list(learning_curve_lines(curve))
