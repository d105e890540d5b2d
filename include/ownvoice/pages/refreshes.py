"""`/refreshes`: a row for each refresh that has reported, with what is unusual about it, and trends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.errors import StorageError
from ownvoice.pages.cache import CACHE
from ownvoice.pages.paging import ResultPage
from ownvoice.reports.charts.frame import Spec
from ownvoice.reports.charts.trends import trend_charts
from ownvoice.reports.earlier import read_refreshes
from ownvoice.reports.history import Refresh, compared
from ownvoice.reports.report import find_judged
from ownvoice.storage.lake import Lake

ROWS_PER_PAGE = 50
REFRESHES_IN_TREND = 90


class RefreshesPage(TypedDict):
    """Refreshes, newest first. `newest` is the newest full run or, without one, the newest of any kind.

    `report` is that of the newest, where it can be read.
    """

    rows: Sequence[Refresh]
    result_page: ResultPage
    newest: Refresh | None
    report: RefreshReport | None
    charts: dict[str, Spec]


def refreshes_page(lake: Lake, number: int = 1) -> RefreshesPage:
    """Return result page `number` of the refreshes."""
    found = all_refreshes(lake)
    result_page = ResultPage(number, len(found), ROWS_PER_PAGE)
    newest = next((one for one in found if one.is_full), found[0] if found else None)
    return {
        "rows": result_page.cut(found),
        "result_page": result_page,
        "newest": newest,
        "report": _readable(lake, newest.run_id) if newest else None,
        "charts": trend_charts(found[:REFRESHES_IN_TREND][::-1]),
    }


def _readable(lake: Lake, run_id: str) -> RefreshReport | None:
    try:
        return find_judged(lake, run_id)
    except StorageError:
        return None


def all_refreshes(lake: Lake) -> tuple[Refresh, ...]:
    """Return every refresh that has reported, newest first; each full run is compared with those before it."""
    table = lake.table("runs")
    if table is None:
        return ()

    return CACHE.get((lake.uri, "refreshes", table.version()), lambda: tuple(reversed(compared(read_refreshes(table)))))
