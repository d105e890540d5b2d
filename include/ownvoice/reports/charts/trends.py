"""Charts over nights, as Vega-Lite specs: made with altair, drawn by whoever shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

    from ownvoice.reports.history import Refresh

Spec = dict[str, Any]

_HEIGHT_PX = 150


def trend_charts(refreshes: Sequence[Refresh]) -> dict[str, Spec]:
    """Return one spec by title for what changes from night to night; `refreshes` come oldest first."""
    rows = [_row(one) for one in refreshes]
    return {
        "Pairs kept": spec(_kept(rows)),
        "Share of triples": spec(_rates(rows)),
        "Chunks": spec(_chunks(refreshes)),
        "Tokens": spec(_tokens(rows)),
    }


def _row(one: Refresh) -> Spec:
    return {
        "night": one.refresh_date.isoformat(),
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

    colour = alt.Color(
        "mark:N", title=None, scale=alt.Scale(domain=["as usual", "unusual"], range=["#5b7cfa", "#e8912d"])
    )
    return (
        bare_chart(rows)
        .mark_bar()
        .encode(_night(), alt.Y("kept:Q", title=None), colour, tooltip=["run:N", "kept:Q", "unusual:N"])
    )


def _rates(rows: list[Spec]) -> Any:
    import altair as alt

    share = alt.Y("share:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    return (
        bare_chart(rows)
        .transform_fold(["kept of triples", "verbatim"], as_=["what", "share"])
        .mark_line(point=True)
        .encode(_night(), share, alt.Color("what:N", title=None), tooltip=["run:N", "what:N", "share:Q"])
    )


def _chunks(refreshes: Sequence[Refresh]) -> Any:
    import altair as alt

    states = {"answered": "#5b7cfa", "reused": "#7fb7be", "deferred": "#c9a227", "dead": "#d1495b"}
    rows = [
        {
            "night": one.refresh_date.isoformat(),
            "run": one.run_id,
            "state": state,
            "chunks": one.count(f"chunks_{state}"),
        }
        for one in refreshes
        for state in states
    ]
    colour = alt.Color(
        "state:N", title=None, legend=alt.Legend(columns=2), scale=alt.Scale(domain=[*states], range=[*states.values()])
    )
    return (
        bare_chart(rows)
        .mark_bar()
        .encode(_night(), alt.Y("chunks:Q", title=None), colour, tooltip=["run:N", "state:N", "chunks:Q"])
    )


def _tokens(rows: list[Spec]) -> Any:
    import altair as alt

    return (
        bare_chart(rows)
        .mark_line(point=True)
        .encode(_night(), alt.Y("tokens:Q", title=None, axis=alt.Axis(format="~s")), tooltip=["run:N", "tokens:Q"])
    )


def bare_chart(rows: list[Spec]) -> Any:
    """Return a chart over `rows` without marks yet; altair types its fluent methods as Any."""
    import altair as alt

    return alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]


def _night() -> alt.X:
    import altair as alt

    return alt.X(
        "yearmonthdate(night):T", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True, labelSeparation=8)
    )


def spec(chart: Any, height_px: int = _HEIGHT_PX) -> Spec:
    """Return the Vega-Lite spec of `chart`, as wide as the place where it is drawn."""
    sized: Spec = chart.properties(width="container", height=height_px).to_dict()
    return sized
