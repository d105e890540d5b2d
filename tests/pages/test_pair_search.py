"""Pairs are found a page at a time, every one once, newest night first."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.pages import pair_search
from ownvoice.pages.pair_search import PairFilter
from ownvoice.pages.pairs import pairs_page
from ownvoice.storage.lake import Lake
from stand_ins.pair_lake import commit_pairs, pair

DAYS = [dt.date(2026, 2, day) for day in (1, 2, 3)]


@pytest.fixture
def filled(lake) -> Lake:
    rows = [
        pair(number, "test" if number % 9 == 0 else "train")
        | {"refresh_date": DAYS[number % 3], "article_id": f"a{number % 7}"}
        for number in range(70)
    ]
    commit_pairs(lake, rows)
    return lake


def walked(lake: Lake, wanted: PairFilter) -> list[dict]:
    found, after = [], None
    while True:
        page = pairs_page(lake, None, wanted, after)
        found += page["pairs"]
        after = page["next"]
        if after is None:
            return found


def test_every_pair_is_on_one_page_and_newer_nights_come_first(filled):
    found = walked(filled, PairFilter())
    assert len({row["pair_id"] for row in found}) == len(found) == 70
    places = [(-row["refresh_date"].toordinal(), row["article_id"], row["pair_id"]) for row in found]
    assert places == sorted(places)


def test_a_filter_leaves_what_is_like_it(filled):
    assert {row["split"] for row in walked(filled, PairFilter(split="test"))} == {"test"}
    assert len(walked(filled, PairFilter(split="test"))) == 8


def test_a_text_is_found_in_any_case_and_its_signs_mean_nothing(filled):
    assert len(walked(filled, PairFilter(text="NUMBER 69."))) == 1
    assert walked(filled, PairFilter(text="%")) == []
    assert walked(filled, PairFilter(text="'")) == []


def test_a_search_that_finds_nothing_goes_on_where_it_left_off(filled, monkeypatch):
    monkeypatch.setattr(pair_search, "_MAX_ROWS", 1)
    page = pairs_page(filled, None, PairFilter(text="nowhere"))
    assert page["pairs"] == []
    assert page["next"].date == DAYS[2]
    assert walked(filled, PairFilter(text="nowhere")) == []
    assert len(walked(filled, PairFilter(text="number 0."))) == 1
    assert len(walked(filled, PairFilter())) == 70


def test_a_version_that_is_not_there_is_none(lake, filled):
    assert pairs_page(filled, 99, PairFilter())["version"] is None
