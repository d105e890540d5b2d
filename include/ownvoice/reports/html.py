"""The report of a refresh as one HTML page, self-contained and without a script.

Texts of articles and models are escaped, and hidden characters in them made visible (`jinja`). The page's content
security policy allows its one style sheet and nothing else, so that nothing on it can run or be fetched.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ownvoice.dataset.refresh_report import RefreshReport, Spend
from ownvoice.dataset.sample import made_by_its_run, sample_pairs
from ownvoice.errors import StorageError
from ownvoice.reports.advice import advice_on
from ownvoice.reports.charts.audits import audit_charts
from ownvoice.reports.charts.counts import counts_chart
from ownvoice.reports.charts.frame import svg
from ownvoice.reports.charts.waterfall import waterfall_chart
from ownvoice.reports.excerpt import Part, excerpt
from ownvoice.reports.jinja import environment
from ownvoice.reports.waterfall import waterfall
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import DatasetVersion

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from ownvoice.reports.charts.frame import RowChart

_PAIRS_SHOWN = 3
_PAIRS_SAMPLED = 40  # the pairs shown are picked from these, of different articles if possible


def write_page(lake: Lake, report: RefreshReport, version: DatasetVersion | None) -> None:
    """Write the page of a report beside it; `version` is the one that the run committed, if any."""
    pairs = _shown_pairs(lake, version) if version else []
    lake.store.write(RunKeys(report.run_id).report_page, page_html(report, pairs).encode())


def read_page(lake: Lake, run_id: str) -> bytes:
    """Return the page of a run. Raises `StorageError` where there is none."""
    key = RunKeys(run_id).report_page
    page = lake.store.read(key)
    if page is None:
        raise StorageError(f"{lake.uri}/{key} is not there. Clear write_report of this run and run again.")
    return page


def page_html(report: RefreshReport, pairs: list[dict[str, Any]]) -> str:
    """Return the page of a report; `pairs` are rows of the dataset, each with the `excerpt` of its article."""
    from markupsafe import Markup

    style = _style()
    return _template().render(
        report=report,
        pairs=pairs,
        advice_on=advice_on,
        date=f"{report.refresh_date:%-d %B %Y}",
        charts=_charts(report),
        style=Markup(style),  # noqa: S704  # our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _charts(report: RefreshReport) -> dict[str, Markup]:
    """Return each chart that the report has numbers for, as SVG by name."""
    from markupsafe import Markup

    charts: dict[str, RowChart] = dict(audit_charts(report.audits))
    if steps := waterfall(report):
        charts["waterfall"] = waterfall_chart(steps)
    if report.chunks_by_requests:
        requests = {_times(made): count for made, count in report.chunks_by_requests.items()}
        charts["requests"] = counts_chart(requests, "Chunks by how often they were asked about")
    if tokens := {name: count for name, count in _tokens(report.spend).items() if count}:
        charts["tokens"] = counts_chart(tokens, "Tokens")
    return {name: Markup(svg(chart)) for name, chart in charts.items()}  # noqa: S704  # vl-convert escapes text


def _times(made: str) -> str:
    return "once" if made == "1" else f"{made} times"


def _tokens(spend: Spend) -> dict[str, int]:
    return {
        "planned, at most": spend.planned.tokens,
        "reserved": spend.reserved_tokens,
        "spent": spend.spent.tokens,
        "of it wasted": spend.wasted_tokens,
    }


def _shown_pairs(lake: Lake, version: DatasetVersion) -> list[dict[str, Any]]:
    """Return a few pairs that the version's run made, of different articles where there are, with their excerpts."""
    rows = sample_pairs(lake, version, _PAIRS_SAMPLED, where=made_by_its_run(version))
    first_of_each = {row["article_id"]: row for row in reversed(rows)}.values()
    others = [row for row in rows if row not in first_of_each]
    return [row | {"excerpt": _excerpt(lake, row)} for row in [*first_of_each, *others][:_PAIRS_SHOWN]]


def _excerpt(lake: Lake, row: Mapping[str, Any]) -> list[Part]:
    spans = [(span["start"], span["end"]) for span in row["spans"]]
    return list(excerpt(lake.original(row["article_sha256"]), spans))


@cache
def _template() -> Template:
    from jinja2 import PackageLoader

    return environment(PackageLoader("ownvoice.reports")).get_template("report.html.j2")


@cache
def _style() -> str:
    return resources.files("ownvoice.reports").joinpath("templates", "report.css").read_text("utf-8")
