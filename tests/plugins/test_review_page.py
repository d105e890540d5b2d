"""What is sent to `/review` is taken from our page and its reviewer alone, and each answer is there once."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid

import pytest

from ownvoice.reviewing.answers import answers_of
from ownvoice.reviewing.sample import Closed, close_round, write_sample
from ownvoice.storage.lake import Lake
from stand_ins.review_rounds import a_round, item

ROUND = "review_pairs/one"


@pytest.fixture
def round_lake(lake: Lake) -> Lake:
    write_sample(lake, a_round(ROUND, 3), [item(name, position=place) for place, name in enumerate("abc")])
    return lake


@pytest.fixture
def post(page_app):
    """Send an answer, with what a browser adds; return the server's answer."""

    def send(lake, body, headers=None, **fields):
        async def sent():
            async with page_app(lake) as client:
                more = {"content": body} if isinstance(body, bytes) else {"json": body}
                return await client.post("/review/answers", headers=headers, **more, **fields)

        return asyncio.run(sent())

    return send


def an_answer(**fields):
    body = {"answer_id": uuid.uuid4().hex, "round": ROUND, "item_id": "a", "reviewer": "anna", "number": 1}
    return body | {"choice": "left", "seconds": 3.5} | fields


def test_the_page_hides_which_answer_is_the_authors_until_it_is_answered(get, post, round_lake):
    page = get(round_lake, f"/review?round={ROUND}&item=a").text
    assert "the author" not in page.split("<article")[1].split("</article>")[0]
    assert '"rejected": null' in page
    told = post(round_lake, an_answer()).json()
    assert told["recorded"] and "the author" in told["html"] and "Answer " in told["html"]
    assert "the author" not in get(round_lake, f"/review/items?round={ROUND}").text


def test_an_answer_sent_twice_is_recorded_once_and_a_second_tab_is_told_what_stands(post, round_lake):
    first = an_answer()
    assert [post(round_lake, first).json()["recorded"] for _ in range(2)] == [True, True]
    other = post(round_lake, an_answer(choice="tie")).json()
    assert not other["recorded"] and "elsewhere already" in other["sentence"]
    assert [one.choice for one in answers_of(round_lake, ROUND)] == ["left"]


def test_an_answer_that_supersedes_keeps_the_side_and_names_the_reviewer_who_is_logged_in(post, round_lake):
    post(round_lake, an_answer())
    post(round_lake, an_answer(number=2, choice="right", edited="Other words.", edit_source="human"))
    one, two = answers_of(round_lake, ROUND)
    assert (two.number, two.supersedes, two.shown_left, two.reviewer) == (2, 1, one.shown_left, "anna")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"reviewer": "ben"}, 409),
        ({"round": "review_pairs/other"}, 404),
        ({"round": "../../tables"}, 404),
        ({"item_id": "z"}, 404),
        ({"item_id": 7}, 422),
        ({"choice": "chosen"}, 422),
        ({"number": 0}, 422),
        ({"number": True}, 422),
        ({"number": 10**30}, 422),
        ({"seconds": -1}, 422),
        ({"seconds": "3"}, 422),
        ({"answer_id": "../x"}, 422),
        ({"shown_left": "chosen"}, 422),
        ({"edited": "words"}, 422),
        ({"edited": "x" * 20_001, "edit_source": "human"}, 422),
        ({"reason": "x" * 2_001}, 422),
        ({"edited": "x" * 600_000, "edit_source": "human"}, 413),
    ],
)
def test_what_is_no_answer_is_refused_in_a_sentence_and_leaves_nothing(post, round_lake, fields, status):
    answer = post(round_lake, an_answer(**fields))
    assert answer.status_code == status
    assert 10 < len(answer.json()["sentence"]) < 700
    assert answers_of(round_lake, ROUND) == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"a":' * 5_000, b"\xff\xfe", b'{"reviewer": "\\ud800"}', b"NaN"]
)
def test_a_body_that_is_no_answer_is_refused(post, round_lake, body):
    answer = post(round_lake, body, {"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "This is no answer" in answer.json()["sentence"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://airflow"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_what_another_sites_page_sends_with_the_login_is_refused(post, round_lake, headers):
    assert post(round_lake, an_answer(), headers).status_code in (403, 415)
    assert answers_of(round_lake, ROUND) == []


@pytest.mark.parametrize("headers", [{"Origin": "http://airflow"}, {"Sec-Fetch-Site": "same-origin"}, {}])
def test_what_our_own_page_sends_is_taken(post, round_lake, headers):
    assert post(round_lake, an_answer(), headers).json()["recorded"]


def test_a_closed_round_is_read_and_not_answered(get, post, round_lake):
    close_round(round_lake, ROUND, Closed(how="folded", by="ann", at=dt.datetime.now(dt.UTC)))
    told = post(round_lake, an_answer()).json()
    assert not told["recorded"] and told["closed"] and "closed before" in told["sentence"]
    page = get(round_lake, f"/review?round={ROUND}&item=b").text
    assert "This round is closed" in page and "the author" in page and "data-when" not in page


def test_a_round_that_is_not_there_or_cannot_be_read_is_told_in_a_sentence(get, round_lake):
    for path in ("/review?round=x", "/review?round=x&item=y", f"/review?round={ROUND}&item=y"):
        answer = get(round_lake, path)
        assert answer.status_code == 404 and "no round of review" in answer.text
    round_lake.store.write("reviews/bad/round.json", b"{")
    page = get(round_lake, "/review")
    assert page.status_code == 200 and "bad/round.json" in page.text and "one" in page.text


def test_a_round_of_a_thousand_long_items_of_any_script_is_served(get, lake):
    texts = {"chosen": "<b>מילה</b> " * 700, "rejected": "كلمة\u202e " * 1_300, "prompt": "</script><script>x"}
    items = [item(f"i{place}", position=place, **texts) for place in range(1_000)]
    write_sample(lake, a_round("long", 1_000), items)
    page = get(lake, "/review?round=long").text
    assert "of 1,000" in page and "<b>מילה" not in page and "\u202e" not in page and 'dir="auto"' in page
    assert len(get(lake, "/review/items?round=long").json()["items"]) == 6


def test_progress_counts_what_is_left_for_this_reviewer(get, post, round_lake):
    assert "of 3" in get(round_lake, f"/review?round={ROUND}").text
    post(round_lake, an_answer())
    assert 'id="done">1</span> of 3' in get(round_lake, f"/review/items?round={ROUND}").json()["progress"]


def test_how_many_planted_pairs_were_right_is_told_when_nothing_is_left(get, post, lake):
    write_sample(lake, a_round(ROUND, 2), [item("a", "gold"), item("b", position=1)])
    progress = post(lake, an_answer()) and get(lake, f"/review/items?round={ROUND}").json()["progress"]
    assert "told at the end" in progress and "right, of" not in progress
    progress = post(lake, an_answer(item_id="b")) and get(lake, f"/review/items?round={ROUND}").json()["progress"]
    assert "right, of 1" in progress


def test_where_airflow_has_no_logins_the_page_says_that_all_are_one(get, round_lake, monkeypatch):
    assert "has no logins" not in get(round_lake, f"/review?round={ROUND}").text
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True")
    assert "has no logins" in get(round_lake, f"/review?round={ROUND}").text


def test_the_tab_of_a_run_of_the_dag_leads_to_its_round(get, round_lake):
    answer = get(round_lake, "/run?dag_id=review_pairs&run_id=one")
    assert answer.status_code == 307
    assert get(round_lake, answer.headers["location"]).status_code == 200
