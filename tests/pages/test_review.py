"""What a reviewer is shown of a round: their own answers, and no source before they have answered."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.pages.review import next_items, review_page, shown_item
from ownvoice.pages.review_answer import SentAnswer, record_answer
from ownvoice.reviewing.answers import answers_of, give_answer
from ownvoice.reviewing.order import side_shown_left
from ownvoice.reviewing.sample import write_sample
from ownvoice.storage.lake import Lake
from ownvoice.storage.review_keys import ReviewKeys
from stand_ins.review_rounds import AT, ROUND, a_round, answer, item


@pytest.fixture
def round_lake(lake: Lake) -> Lake:
    write_sample(lake, a_round(size=3), [item(name, position=place) for place, name in enumerate("abc")])
    return lake


def sent(item_id, reviewer="anna", **fields):
    body = {"answer_id": "0" * 32, "round": ROUND, "item_id": item_id, "reviewer": reviewer, "number": 1}
    return SentAnswer.model_validate(body | {"choice": "left", "seconds": 1.0} | fields)


def test_sides_are_those_of_the_reviewer_and_sources_are_told_after_the_answer(round_lake):
    shown = shown_item(round_lake, ROUND, "anna", "a")
    assert shown.source is None
    assert ("author" in shown.left) == (side_shown_left("a", "anna") == "chosen")
    told = record_answer(round_lake, sent("a"), AT).item
    assert told.source.left == side_shown_left("a", "anna")
    assert "is gone" in told.source.original.lost  # an article that cannot be read keeps nobody from answering
    assert shown_item(round_lake, ROUND, "ben", "a").source is None


def test_what_a_browser_holds_is_not_sent_again_and_what_another_answered_is_not_asked(round_lake):
    record_answer(round_lake, sent("b", "ben"), AT)
    found = next_items(round_lake, ROUND, "anna", held=["a"])
    assert [one.item_id for one in found["items"]] == ["c"]
    assert (found["progress"].done, found["progress"].left) == (0, 2)


def test_a_reviewer_finds_their_own_answers_newest_first_and_nobody_elses(round_lake):
    record_answer(round_lake, sent("b", "ben"), AT)
    for place, name in enumerate("ac"):
        record_answer(round_lake, sent(name), AT + dt.timedelta(seconds=place))
    page = review_page(round_lake, ROUND, "anna")
    assert [row.item_id for row, _ in page["answered"]] == ["c", "a"]
    assert page["item"] is None


def test_an_answer_that_another_tool_showed_on_the_other_side_is_superseded_on_that_side(round_lake):
    other = "rejected" if side_shown_left("a", "anna") == "chosen" else "chosen"
    give_answer(round_lake, answer("a", reviewer="anna").model_copy(update={"shown_left": other}))
    assert record_answer(round_lake, sent("a", number=2), AT).recorded
    assert {one.shown_left for one in answers_of(round_lake, ROUND)} == {other}


def test_an_answer_that_cannot_be_read_keeps_nobody_from_going_on(round_lake):
    record_answer(round_lake, sent("a", "ben"), AT)
    (key,) = (one.key for one in round_lake.store.objects(ReviewKeys(ROUND).answers))
    round_lake.store.write(key, b"{")
    assert next_items(round_lake, ROUND, "anna")["progress"].left == 3
