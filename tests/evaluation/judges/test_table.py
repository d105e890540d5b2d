"""Judgements are kept once, whoever writes them and how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ownvoice.config.judges import Judge
from ownvoice.evaluation.judges.item import Item, Order, Side
from ownvoice.evaluation.judges.judgement import row_without_asking
from ownvoice.evaluation.judges.table import read_judgements, record_judgements
from ownvoice.evaluation.judges.wanted import Wanted
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import JudgementRow

JUDGE = Judge(name="first", model="gpt-5-mini", family="gpt")


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path.as_uri())


def row(item_id: str, **fields: Any) -> JudgementRow:
    wanted = Wanted(JUDGE, Item(item_id, "Why?", Side("chosen", "Words."), Side("base", "")), Order.FORWARD, 1)
    return row_without_asking(wanted, "night", is_control=False) | fields  # type: ignore[return-value, operator]


def test_a_lake_in_which_nothing_was_judged_has_no_judgements(lake):
    record_judgements(lake, [])
    assert read_judgements(lake) == []
    assert lake.table("judgements") is None


def test_judgements_are_read_back_as_they_were_written(lake):
    rows = [row("1"), row("2", order="reversed", cost_usd=None, dataset_version=3)]
    record_judgements(lake, rows)
    assert sorted(read_judgements(lake), key=lambda one: one["item_id"]) == rows
    assert read_judgements(lake, equals(item_id="2")) == rows[1:]
    assert read_judgements(lake, "\"order\" = 'reversed'") == rows[1:]


def test_a_judgement_that_is_recorded_again_stays_as_the_first_run_wrote_it(lake):
    record_judgements(lake, [row("1"), row("1")])
    record_judgements(lake, [row("1", run_id="another night", prompt_tokens=9), row("2")])
    assert sorted((one["item_id"], one["run_id"]) for one in read_judgements(lake)) == [
        ("1", "night"),
        ("2", "night"),
    ]


def test_a_judgement_of_another_request_takes_the_place_of_the_one_before(lake):
    for key in (None, "a" * 64, "b" * 64):
        record_judgements(lake, [row("1", request_key=key)])
        assert [one["request_key"] for one in read_judgements(lake)] == [key]


def test_writers_that_come_together_lose_nothing_and_write_nothing_twice(lake):
    parts = [[row(str(place)) for place in range(first, first + 6)] for first in range(5)]
    with ThreadPoolExecutor(5) as writers:
        list(writers.map(lambda part: record_judgements(lake, part), parts))
    assert sorted(int(one["item_id"]) for one in read_judgements(lake)) == list(range(10))
