"""The table of all refreshes in a browser: large numbers fit 1,280 pixels, and on a phone the box alone scrolls."""

from __future__ import annotations

import datetime as dt

import pytest
from starlette.requests import Request

from ownvoice.pages.paging import ResultPage
from ownvoice.reports.charts.trends import trend_charts
from ownvoice.reports.history import Refresh
from stand_ins.browser import CHROMIUM, running_chromium

LAST = dt.date(2026, 6, 21)
COUNTS = {
    "articles_appeared": 10_999,
    "articles_edited": 10_999,
    "articles_vanished": 10_999,
    "articles_quarantined": 999,
    "chunks_total": 110_999,
    "chunks_answered": 99_999,
    "chunks_reused": 10_999,
    "chunks_deferred": 10_999,
    "chunks_dead": 999,
    "triples": 999_999,
    "kept": 444_444,
    "audits_warning": 1,
    "data_warnings_new": 1,
    "prompt_tokens": 600_000_000,
}


def refresh(day: int) -> Refresh:
    clauses = ("dead share 3.0%, usually 0.1%", "verbatim rate 40%, usually 80%", "keep rate 1.0%, usually 60%")
    return Refresh(
        f"refresh_preferences/scheduled__{day}",
        LAST - dt.timedelta(days=day),
        "warn",
        9_999,
        "recipe",
        COUNTS,
        retries=99_999,
        cost_usd=9_999.99,
        duration_s=86_340.0,
        unusual=clauses if day % 7 == 0 else (),
    )


def page(nights: int) -> str:
    """Return the page over so many nights, with its style sheet inside."""
    from ownvoice_monitor.rendering import render
    from ownvoice_monitor.static_files import FOLDER

    rows = [refresh(day) for day in range(min(nights, 50))]
    found = {
        "rows": rows,
        "result_page": ResultPage(1, nights, 50),
        "newest": rows[0],
        "report": None,
        "charts": trend_charts(rows[::-1]),
    }
    scope = {
        "type": "http",
        "path": "/ownvoice/refreshes",
        "root_path": "/ownvoice",
        "headers": [],
        "query_string": b"",
    }
    html = render(Request(scope | {"server": ("127.0.0.1", 80), "scheme": "http"}), "refreshes.html", found)
    return html.replace("</head>", f"<style>{(FOLDER / 'pages.css').read_text()}</style></head>")


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM} here: apt-get install chromium")
    with running_chromium() as started:
        yield started


@pytest.mark.parametrize("nights", [1, 1000])
@pytest.mark.parametrize(("width", "fits"), [(1280, True), (420, False)])
def test_the_table_fits_a_desk_and_scrolls_in_its_own_box_on_a_phone(browser, nights, width, fits):
    shown = browser.new_page(viewport={"width": width, "height": 900})
    shown.set_content(page(nights))
    hidden = shown.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('.scroll'))")
    assert (hidden == 0) == fits, hidden
    assert not shown.evaluate("document.documentElement.scrollWidth > innerWidth")
    shown.close()
