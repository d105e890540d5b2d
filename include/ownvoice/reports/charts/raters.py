"""How far judges and people agree with people, and which place they favour, as pictures with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ownvoice.evaluation.judges.qualification.rule import POSITION
from ownvoice.reports.charts.frame import BLUE, GREEN, ORANGE, Spec, bare_chart, colours, spec
from ownvoice.reports.raters import RaterTable

if TYPE_CHECKING:
    import altair as alt

_ROW_PX, _AROUND_PX, _MAX_ROWS = 24, 60, 40
_KINDS = {"judge": BLUE, "person": ORANGE}


def position_chart(table: RaterTable) -> Spec | None:
    """Return a spec with the position bias of each rater and its interval, over the band that no judge may leave.

    None where none was measured. Of very many raters, those whose interval is furthest from 0 are drawn.
    """
    band = bare_chart([{"low": -POSITION, "high": POSITION}]).mark_rect(color=GREEN, opacity=0.2)
    return _intervals(table, "position", "second or right < 0 < first or left", band.encode(x="low:Q", x2="high:Q"))


def agreement_chart(table: RaterTable) -> Spec | None:
    """Return a spec with the agreement of each rater with people, and its interval; None where none was measured."""
    chance = bare_chart([{"chance": 0}]).mark_rule(strokeDash=[5, 3]).encode(x="chance:Q")
    return _intervals(table, "with_people", "kappa with people; 0 is chance", chance)


def _intervals(table: RaterTable, measure: str, title: str, below: alt.Chart) -> Spec | None:
    import altair as alt

    labelled = zip(table.labels, table.raters, strict=True)
    rows = [
        {"rater": label, "kind": one.kind, "pairs": found.n}
        | {"value": found.value, "low": found.low, "high": found.high}
        for label, one in labelled
        if (found := getattr(one, measure)) is not None
    ]
    rows = sorted(rows, key=lambda row: -max(abs(row["low"]), abs(row["high"])))[:_MAX_ROWS]
    if not rows:
        return None
    y = alt.Y("rater:N", title=None, sort=None, axis=alt.Axis(labelLimit=140))
    x = alt.X("low:Q", title=title, scale=alt.Scale(domain=[-1, 1]))
    base = bare_chart(rows).encode(
        y=y, color=colours("kind", _KINDS), tooltip=["rater:N", "value:Q", "low:Q", "high:Q", "pairs:Q"]
    )
    lines = base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=70, opacity=1).encode(x="value:Q")
    return spec(alt.layer(below, lines, points), height_px=_AROUND_PX + _ROW_PX * len(rows))
