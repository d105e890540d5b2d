"""`/judges`: judges and people in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from ownvoice.config.judges import Judge
from ownvoice.pages.paging import ResultPage
from ownvoice.reports.charts.frame import Spec
from ownvoice.reports.charts.raters import agreement_chart, position_chart
from ownvoice.reports.raters import Rater
from ownvoice.reports.read_raters import read_rater_table
from ownvoice.reports.text.raters import MEANINGS, NOTHING_YET, among
from ownvoice.storage.lake import Lake

RATERS_PER_PAGE = 50


class JudgesPage(TypedDict):
    """The raters of the result page; the charts, None where nothing is measured, are of all of them."""

    raters: Sequence[Rater]
    among: list[str]
    meanings: Mapping[str, str]
    nothing_yet: str
    charts: dict[str, Spec | None]
    faults: list[str]
    result_page: ResultPage


def judges_page(lake: Lake, panel: Sequence[Judge], number: int = 1) -> JudgesPage:
    """Return result page `number` of everyone who judged or reviewed."""
    faults: list[str] = []
    table = read_rater_table(lake, panel, faults)
    result_page = ResultPage(number, len(table.raters), RATERS_PER_PAGE)
    return {
        "raters": result_page.cut(table.raters),
        "among": list(among(table)),
        "meanings": MEANINGS,
        "nothing_yet": NOTHING_YET,
        "charts": {
            "Which place each favours, with the band of a judge that counts": position_chart(table),
            "How far each agrees with people": agreement_chart(table),
        },
        "faults": faults,
        "result_page": result_page,
    }
