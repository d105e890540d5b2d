"""Reviewing in a real browser inside the real Airflow: no answer is lost, and none is there twice."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from ownvoice.reviewing.answers import answers_of, standing
from ownvoice.reviewing.sample import read_sample
from stand_ins.browser import Seen
from stand_ins.review_rounds import round_of_pairs

PAIRS = 50 if os.environ.get("OWNVOICE_TEST_REVIEW") else 8
KEYS = ("1", "2", "t", "b", "1", "s")


@contextmanager
def window(browser, airflow, user, width=1280, theme="light"):
    """Open a browser that is logged in as `user`."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    log_in(context, airflow, user)
    yield context
    context.close()


def log_in(context, airflow, user):
    token = airflow.log_in(user).cookies["_token"]
    context.add_cookies([{"name": "_token", "value": token, "url": airflow.address}])


def visit(context, airflow, round_name, query=""):
    """Show the page of a round, with what it says to the console."""
    seen = Seen(context.new_page())
    seen.page.on("pageerror", lambda error: seen.console.append(str(error)))
    seen.page.on("console", lambda message: message.type == "error" and seen.console.append(message.text))
    seen.page.goto(f"{airflow.address}/ownvoice/review?round={round_name}{query}")
    seen.page.locator("#review[data-ready]").wait_for()
    return seen


def shown(page):
    return page.locator("[data-item]").get_attribute("data-item")


def press_and_be_told(page, key):
    page.keyboard.press(key)
    page.locator(".told").wait_for()


def go_on(page):
    """Press the space bar, and wait for another item or the end."""
    before = shown(page)
    page.keyboard.press(" ")
    page.wait_for_function("id => document.querySelector('[data-item]')?.dataset.item !== id", arg=before)


def review_all(page, pairs):
    for number in range(pairs):
        press_and_be_told(page, KEYS[number % len(KEYS)])
        go_on(page)
    page.get_by_role("heading", name="Nothing is left for you").wait_for()


def recorded(lake, round_name, reviewer=None):
    """Return the answers in the lake; read in a thread of its own, since this one is the browser's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(answers_of, lake, round_name, reviewer).result()


def each_once(lake, round_name, reviewer):
    """Return the answers of a reviewer by item; no item has two."""
    found = recorded(lake, round_name, reviewer)
    by_item = {one.item_id: one for one in found}
    assert len(by_item) == len(found)
    return by_item


def test_a_round_is_answered_by_keyboard_and_every_answer_is_there_once(browser, airflow, nights):
    round_of_pairs(nights, "all", PAIRS)
    with window(browser, airflow, "anna") as anna:
        seen = visit(anna, airflow, "all")
        seen.page.evaluate("window.begun = performance.now()")
        review_all(seen.page, PAIRS)
        assert seen.page.evaluate("performance.now() - window.begun") < 300_000
        seen.page.locator("#progress", has_text=f"{PAIRS} of {PAIRS}").wait_for()
        assert seen.console == []
    given = each_once(nights, "all", "anna")
    assert len(given) == PAIRS
    assert {one.choice for one in given.values()} == {"left", "right", "tie", "both_bad", "skip"}
    assert {one.shown_left for one in given.values()} == {"chosen", "rejected"}
    assert all(one.seconds is not None and one.seconds < 60 for one in given.values())


def test_two_reviewers_at_once_share_a_round_and_neither_loses_an_answer(browser, airflow, nights):
    round_of_pairs(nights, "shared", PAIRS)
    with window(browser, airflow, "anna") as anna, window(browser, airflow, "ben") as ben:
        pages = [visit(context, airflow, "shared").page for context in (anna, ben)]
        told = {"anna": 0, "ben": 0}
        while any(page.locator("[data-item]").count() for page in pages):
            for name, page in zip(told, pages, strict=True):
                if page.locator("[data-item]").count():
                    press_and_be_told(page, KEYS[told[name] % 2])
                    told[name] += 1
                    go_on(page)
    assert {name: len(each_once(nights, "shared", name)) for name in told} == told
    items = {row.item_id for row in read_sample(nights, "shared")}
    assert {one.item_id for one in recorded(nights, "shared")} == items


def test_answers_given_without_a_connection_are_sent_when_it_is_back(browser, airflow, nights):
    round_of_pairs(nights, "offline", 5)
    with window(browser, airflow, "anna") as anna:
        page = visit(anna, airflow, "offline").page
        page.wait_for_load_state("networkidle")
        anna.set_offline(True)
        for _ in range(3):
            page.keyboard.press("1")
            page.get_by_text("the connection is lost").wait_for()
            assert page.locator(".told").count() == 0  # what was not recorded is not told either
            go_on(page)
        assert page.locator("#unsent").inner_text().startswith("3 answers wait in this browser")
        assert recorded(nights, "offline") == []
        anna.set_offline(False)
        page.locator("#unsent").wait_for(state="hidden")
    assert len(each_once(nights, "offline", "anna")) == 3


def test_a_login_that_ends_keeps_the_answers_and_asks_for_a_new_one(browser, airflow, nights):
    round_of_pairs(nights, "ended", 4)
    with window(browser, airflow, "anna") as anna:
        page = visit(anna, airflow, "ended").page
        anna.clear_cookies()
        page.keyboard.press("2")
        page.get_by_text("your login has ended").wait_for()
        assert "/auth/login?next=" in page.get_by_role("link", name="Log in again").get_attribute("href")
        log_in(anna, airflow, "ben")  # somebody else's login takes no answer of hers
        page.get_by_text("ben is logged in now").wait_for()
        assert recorded(nights, "ended") == []
        page.close()
        log_in(anna, airflow, "anna")
        page = visit(anna, airflow, "ended").page  # a new page finds what the closed one has kept
        page.locator("#unsent").wait_for(state="hidden")
    assert [one.choice for one in each_once(nights, "ended", "anna").values()] == ["right"]


def test_back_and_reload_show_what_is_recorded_and_undo_supersedes_it(browser, airflow, nights):
    round_of_pairs(nights, "back", 4)
    with window(browser, airflow, "anna") as anna:
        page = visit(anna, airflow, "back").page
        first = shown(page)
        press_and_be_told(page, "1")
        go_on(page)
        second = shown(page)
        page.go_back()
        page.locator(f"[data-item='{first}'] .told").wait_for()
        page.keyboard.press("2")  # an answered pair takes no second answer unasked
        page.reload()
        page.locator("#review[data-ready]").wait_for()
        assert "answer 1 is better" in page.locator(".told").inner_text()
        go_on(page)
        assert shown(page) == second
        page.keyboard.press("u")
        page.get_by_text("There is nothing before this pair").wait_for()
        page.go_back()
        page.locator(f"[data-item='{first}'] .told").wait_for()
        page.keyboard.press("u")
        page.keyboard.press("t")
        page.locator(".told", has_text="Your answer: tie").wait_for()
        go_on(page)
        page.keyboard.press("u")  # from the next pair, undo leads back to the last answer
        page.get_by_text("Until you do, your answer stands").wait_for()
        assert shown(page) == first
    given = recorded(nights, "back")
    assert [(one.item_id, one.number, one.choice) for one in given] == [(first, 1, "left"), (first, 2, "tie")]


def test_of_two_tabs_the_second_is_shown_the_answer_that_stands(browser, airflow, nights):
    round_of_pairs(nights, "tabs", 4)
    with window(browser, airflow, "anna") as anna:
        one, two = (visit(anna, airflow, "tabs").page for _ in range(2))
        assert shown(one) == shown(two)
        press_and_be_told(one, "1")
        press_and_be_told(two, "b")
        assert "That answer stands" in two.locator("#notice").inner_text()
        assert "answer 1 is better" in two.locator(".told").inner_text()
        go_on(two)
        other_script = "new KeyboardEvent('keydown', {key: 'и', code: 'KeyB', bubbles: true})"
        two.evaluate(f"document.body.dispatchEvent({other_script})")
        two.locator(".told").wait_for()
    assert [given.choice for given in standing(recorded(nights, "tabs"))] == ["left", "both_bad"]


def test_the_models_answer_is_edited_once_it_is_told_and_a_draft_outlives_the_page(browser, airflow, nights):
    round_of_pairs(nights, "edit", 3)
    with window(browser, airflow, "anna") as anna:
        page = visit(anna, airflow, "edit").page
        page.keyboard.press("e")
        page.get_by_text("Choose first").wait_for()
        press_and_be_told(page, "1")
        rejected = {row.item_id: row.rejected for row in read_sample(nights, "edit")}[shown(page)]
        page.keyboard.press("e")
        assert page.locator("#edited").input_value() == rejected
        page.locator("#edited").press_sequentially(" 12tbs")  # keys that mean something elsewhere
        page.reload()
        page.locator("#review[data-ready]").wait_for()
        page.keyboard.press("e")
        page.keyboard.press("Control+Enter")
        page.locator(".told", has_text="You edited the other one").wait_for()
        page.keyboard.press("w")
        page.locator("#edited").fill("Words of another person.")
        page.keyboard.press("Control+Enter")
        page.locator(".told", has_text="You wrote another one").wait_for()
    given = recorded(nights, "edit")
    assert [(one.choice, one.edit_source) for one in given] == [("left", None), ("left", "edited"), ("left", "human")]
    assert given[1].edited == f"{rejected} 12tbs"


@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (420, "light")])
def test_the_page_fits_names_its_parts_and_is_walked_by_keyboard(browser, airflow, nights, width, theme):
    round_of_pairs(nights, f"fits-{width}", 3)
    with window(browser, airflow, "anna", width, theme) as anna:
        seen = visit(anna, airflow, f"fits-{width}")
        page = seen.page
        assert not seen.scrolls_sideways
        for key, name in (("g", "Guideline"), ("?", "Keys")):
            page.keyboard.press(key)
            page.get_by_role("dialog", name=name).wait_for()
            page.keyboard.press("1")  # answers nothing while a dialogue is open
            page.keyboard.press("Escape")
        page.get_by_role("button", name="Both bad").focus()
        page.keyboard.press("Enter")  # a press of the button that has the focus, and of nothing else
        page.locator(".told", has_text="Your answer: both bad").wait_for()
        assert not seen.scrolls_sideways
        assert page.locator("h1").count() == 1
        marked = " ".join(page.locator(".original mark").all_text_contents())
        assert marked[:40] in page.locator(".answer.chosen").first.inner_text()
        go_on(page)
        assert page.evaluate("document.activeElement.tagName") == "H1"
        page.goto(f"{airflow.address}/ownvoice/review")
        assert page.get_by_role("link", name=f"fits-{width}").count() == 1
        assert not seen.scrolls_sideways
        assert seen.console == []
