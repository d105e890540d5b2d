"""The pages in a real browser, inside the real Airflow: every page and tab, followed as a person would."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import pytest

from ownvoice.pages.refreshes import all_refreshes
from ownvoice.reports.report import read_report
from stand_ins.browser import Seen
from stand_ins.many_nights import run_id_of


@contextmanager
def visit(browser, airflow, path, width=1280, theme="light"):
    """Show a page of Airflow to the admin, with what the browser says about it."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    context.add_cookies([{"name": "_token", "value": airflow.client.cookies["_token"], "url": airflow.address}])
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    seen = Seen(context.new_page())
    # Airflow's own frame gives a hint about its own sandbox; what the pages cause are errors.
    seen.page.on("console", lambda message: message.type == "error" and seen.console.append(message.text))
    seen.page.on("pageerror", lambda error: seen.console.append(str(error)))
    context.on("request", lambda request: seen.requests.append(request.url))
    seen.page.goto(airflow.address + path)
    yield seen
    seen.page.wait_for_load_state("networkidle")
    foreign = [url for url in seen.requests if not url.startswith((airflow.address, "data:", "blob:"))]
    context.close()
    assert foreign == []
    assert seen.console == []


def addresses(places, nights):
    """Return the address of every page, of the night with faults."""
    run = {"run_id": places.chunk["run_id"]}
    chunk = run | {name: places.chunk[name] for name in ("article_id", "chunk_index")}
    pair = {"version": 3, "date": places.pair["refresh_date"], "pair_id": places.pair["pair_id"]}
    asked = {"refresh": run, "chunks": run, "chunk": chunk, "pair": pair, "version": {"number": 2}}
    alone = ["refreshes", "pairs", "versions", "explore", "judges"]
    return [*alone, *(f"{page}?{urlencode(query)}" for page, query in asked.items())]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (420, "light")])
def test_every_page_fits_is_named_and_says_nothing_to_the_console(browser, airflow, places, nights, width, theme):
    for address in addresses(places, nights):
        with visit(browser, airflow, f"/ownvoice/{address}", width, theme) as seen:
            assert not seen.scrolls_sideways, address
            assert seen.page.locator("h1").count() == 1, address
            assert seen.page.evaluate("document.documentElement.dataset.theme") == theme
            captions = seen.page.locator("table > caption")
            assert captions.count() == seen.page.locator("table").count()


def test_the_way_from_the_login_to_a_pair_and_its_article(browser, airflow, nights):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{airflow.address}/plugin/ownvoice")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    page.wait_for_url("**/plugin/ownvoice**")
    frame = page.frame_locator("iframe[title=Ownvoice]")
    frame.get_by_role("link", name="2026-02-02").first.click()
    frame.get_by_role("heading", name="From articles to pairs").wait_for()
    frame.locator(".waterfall").get_by_role("link", name="not verbatim").click()
    frame.get_by_role("button", name="Show").wait_for()
    frame.locator("tbody th a").first.click()
    frame.get_by_role("heading", name="What became of its triples").wait_for()
    frame.locator(".example", has_text="kept").locator("a").first.click()
    marked = frame.locator(".original mark")
    marked.first.wait_for()
    assert " ".join(marked.all_text_contents())[:40] in frame.locator(".answer.chosen").inner_text()
    context.close()


def test_the_tab_of_a_run_shows_that_run_and_leads_back_to_airflow(browser, airflow):
    run_id = run_id_of(dt.date(2026, 2, 2))
    with visit(
        browser, airflow, f"/dags/refresh_preferences/runs/{quote(run_id, safe='')}/plugin/ownvoice-run"
    ) as seen:
        frame = seen.page.frame_locator("iframe[title=Ownvoice]")
        frame.get_by_role("heading", name="2026-02-02").wait_for()
        frame.get_by_role("link", name="The run in Airflow").click()
        seen.page.wait_for_url(lambda url: "plugin" not in url and quote(run_id, safe="") in url)


def test_chunks_are_filtered_by_what_they_met(browser, airflow, places):
    with visit(browser, airflow, f"/ownvoice/chunks?{urlencode({'run_id': places.chunk['run_id']})}") as seen:
        everything = seen.page.locator("tbody tr").count()
        fault = places.chunk["faults"][0]
        seen.page.select_option("select[name=error]", fault)
        with seen.page.expect_navigation():
            seen.page.click("text=Show")
        rows = seen.page.locator("tbody tr")
        assert 0 < rows.count() < everything
        for row in rows.all():
            assert fault.replace("_", " ") in row.locator(".tries").inner_text()


def test_dead_chunks_are_asked_about_again_by_the_form_that_is_filled_in(browser, airflow, places, nights):
    query = {"run_id": places.chunk["run_id"], "state": "dead", "error": "empty"}
    with visit(browser, airflow, f"/ownvoice/chunks?{urlencode(query)}") as seen:
        assert seen.page.locator("tbody tr").count() > 0
        seen.page.click("text=Retry only these")
        seen.page.click("text=Trigger refresh_preferences")
        seen.page.get_by_role("link", name="It is triggered").wait_for()
    runs = airflow.client.get("/api/v2/dags/refresh_preferences/dagRuns?order_by=-run_after").json()["dag_runs"]
    wanted = {"retry": "dead", "retry_error": "empty"} | read_report(nights, places.chunk["run_id"]).recipe
    assert wanted in [run["conf"] for run in runs]


def test_charts_are_drawn_and_told_in_a_table_where_no_script_runs(browser, airflow):
    with visit(browser, airflow, "/ownvoice/refreshes") as seen:
        seen.page.locator("figure canvas").nth(3).wait_for()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "_token", "value": airflow.client.cookies["_token"], "url": airflow.address}])
    page = context.new_page()
    page.goto(f"{airflow.address}/ownvoice/refreshes")
    assert page.locator("tbody tr").count() == 3
    context.close()


def test_a_page_can_be_walked_by_keyboard(browser, airflow):
    with visit(browser, airflow, "/ownvoice/refreshes") as seen:
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.textContent") == "To the content"
        for _ in range(40):  # past the links of the head, of which there are more with each kind of page
            seen.page.keyboard.press("Tab")
            if seen.page.evaluate("(document.activeElement.href || '').includes('refresh?run_id')"):
                break
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url("**/refresh?run_id=**")


def test_nothing_runs_of_what_hostile_articles_say(browser, airflow, nights, places):
    run = {"run_id": all_refreshes(nights)[0].run_id}
    seen_articles = {row["article_id"]: row for row in places.hostile_chunks}.values()
    chunks = [run | {name: row[name] for name in ("article_id", "chunk_index")} for row in seen_articles]
    rows = {row["article_id"]: row for row in places.hostile_pairs}.values()
    pairs = [{"version": 3, "date": row["refresh_date"], "pair_id": row["pair_id"]} for row in rows]
    assert len(chunks) > 20
    assert len(pairs) > 10
    asked = [
        *(f"{page}?{urlencode(run)}" for page in ("refresh", "chunks", "pairs")),
        *(f"chunk?{urlencode(query)}" for query in chunks),
        *(f"pair?{urlencode(query)}" for query in pairs),
        *(f"pairs?{urlencode({'article_id': row['article_id'], 'text': row['author_id']})}" for row in rows),
        "refreshes",
        "versions",
    ]
    with visit(browser, airflow, "/ownvoice/refreshes") as seen:
        for address in asked:
            seen.page.goto(f"{airflow.address}/ownvoice/{address}")
            assert seen.page.title().endswith("· Ownvoice"), address
            assert not seen.scrolls_sideways, address
            assert seen.page.locator("img, object, embed, iframe, [onerror], [onload], [onclick]").count() == 0, address
            assert seen.page.locator("a[href^='javascript']").count() == 0, address
