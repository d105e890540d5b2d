"""What changes from one refresh to the next, as specs.

A bar is as wide as a day on the axis of dates. Where all refreshes are of one date that would be the whole chart, and
each is drawn as a point.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ownvoice.reports.charts.frame import BLUE, CYAN, GOLD, ORANGE, RED, Spec, bare_chart, colours, spec, time_axis

if TYPE_CHECKING:
    import altair as alt

    from ownvoice.reports.history import Refresh

_DAY, _LEAST_DAYS = dt.timedelta(days=1), 14
_STATES = {"answered": BLUE, "reused": CYAN, "deferred": GOLD, "dead": RED}


def trend_charts(refreshes: Sequence[Refresh]) -> dict[str, Spec]:
    """Return one spec by title; `refreshes` come oldest first."""
    rows = [_row(one) for one in refreshes]
    return {
        "Pairs kept": spec(_kept(rows)),
        "Share of triples": spec(_rates(rows)),
        "Chunks": spec(_chunks(refreshes)),
        "Tokens": spec(_tokens(rows)),
    }


def _row(one: Refresh) -> Spec:
    return {
        "date": one.refresh_date.isoformat(),
        "run": one.run_id,
        "kept": one.count("kept"),
        "kept of triples": one.keep_rate,
        "verbatim": one.verbatim_rate,
        "tokens": one.tokens,
        "unusual": "; ".join(one.unusual) or "nothing unusual",
        "mark": "unusual" if one.unusual else "as usual",
    }


def _kept(rows: list[Spec]) -> Any:
    import altair as alt

    colour = colours("mark", {"as usual": BLUE, "unusual": ORANGE})
    kept = alt.Y("kept:Q", title=None)
    return _bars(rows).encode(_dates(rows), kept, colour, tooltip=["run:N", "kept:Q", "unusual:N"])


def _rates(rows: list[Spec]) -> Any:
    import altair as alt

    share = alt.Y("share:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    return (
        bare_chart(rows)
        .transform_fold(["kept of triples", "verbatim"], as_=["what", "share"])
        .mark_line(point=True)
        .encode(_dates(rows), share, alt.Color("what:N", title=None), tooltip=["run:N", "what:N", "share:Q"])
    )


def _chunks(refreshes: Sequence[Refresh]) -> Any:
    import altair as alt

    rows = [
        {
            "date": one.refresh_date.isoformat(),
            "run": one.run_id,
            "state": state,
            "chunks": one.count(f"chunks_{state}"),
        }
        for one in refreshes
        for state in _STATES
    ]
    colour = colours("state", _STATES, legend=alt.Legend(columns=2))
    chunks = alt.Y("chunks:Q", title=None)
    return _bars(rows).encode(_dates(rows), chunks, colour, tooltip=["run:N", "state:N", "chunks:Q"])


def _tokens(rows: list[Spec]) -> Any:
    import altair as alt

    tokens = alt.Y("tokens:Q", title=None, axis=alt.Axis(format="~s"))
    return bare_chart(rows).mark_line(point=True).encode(_dates(rows), tokens, tooltip=["run:N", "tokens:Q"])


def _bars(rows: list[Spec]) -> Any:
    chart = bare_chart(rows)
    return chart.mark_point(filled=True, size=80, opacity=1) if len(_dates_of(rows)) < 2 else chart.mark_bar()


def _dates(rows: list[Spec]) -> alt.X:
    """Return the axis of dates. It has room for a fortnight at least, so that the bars of two nights are no wider."""
    import altair as alt

    dates = _dates_of(rows)
    axis = time_axis("yearmonthdate(date):T", "%d %b")
    if len(dates) < 2:
        return axis.axis(format="%d %b", values=dates)
    first, end = dt.date.fromisoformat(dates[0]), dt.date.fromisoformat(dates[-1]) + _DAY
    since = min(first, end - _LEAST_DAYS * _DAY)
    return axis.scale(domain=[alt.DateTime(year=at.year, month=at.month, date=at.day) for at in (since, end)])


def _dates_of(rows: list[Spec]) -> list[str]:
    return sorted({row["date"] for row in rows})
