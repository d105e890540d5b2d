"""The distances of a style report as one picture, with the author's band."""

from __future__ import annotations

from ownvoice.evaluation.style_report import StyleReport
from ownvoice.reports.charts.frame import BLUE, GREEN, ORANGE, Spec, bare_chart, colours, spec
from ownvoice.reports.formats import words
from ownvoice.style.distances import AUTHOR_BAND, NEARER_BAND

_ROW_PX, _AROUND_PX = 34, 40
_MEASURES = {"Cosine Delta": ("cosine_delta", BLUE), "Jensen-Shannon": ("jensen_shannon", ORANGE)}


def distance_chart(report: StyleReport) -> Spec | None:
    """Return a spec with a row for each subject: its distances in those of the author's own text of equal size.

    None where no distance was measured. The band is the author's; the line is where another writer begins.
    """
    import altair as alt

    rows = [
        {"subject": words(one.name), "measure": measure, "ratio": found.ratio, "band": found.band}
        for one in report.subjects
        for measure, (field, _) in _MEASURES.items()
        if (found := getattr(one, field)) is not None
    ]
    if not rows:
        return None
    band = bare_chart([{"start": 0, "end": AUTHOR_BAND}]).mark_rect(color=GREEN, opacity=0.2)
    band = band.encode(x="start:Q", x2="end:Q")
    line = bare_chart([{"ratio": NEARER_BAND}]).mark_rule(strokeDash=[5, 3]).encode(x="ratio:Q")
    points = (
        bare_chart(rows)
        .mark_point(size=90, filled=True)
        .encode(
            alt.X("ratio:Q", title="times the author's own distance", scale=alt.Scale(domainMin=0)),
            alt.Y("subject:N", title=None, sort=None),
            colours("measure", {name: colour for name, (_, colour) in _MEASURES.items()}),
            shape=alt.Shape("measure:N", title=None),
            tooltip=["subject:N", "measure:N", "ratio:Q", "band:N"],
        )
    )
    return spec(alt.layer(band, line, points), height_px=_AROUND_PX + _ROW_PX * len(report.subjects))
