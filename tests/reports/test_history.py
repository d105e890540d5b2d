"""A night is unusual where a number lies far from the last fourteen, and further than chance alone would take it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ownvoice.reports.history import Refresh, unusual


def night(kept: int = 800, not_verbatim: int = 100, dead: int = 0, cost_usd: float | None = 1.0) -> Refresh:
    counts = {
        "triples": 1000,
        "kept": kept,
        "dropped_not_verbatim": not_verbatim,
        "chunks_total": 200,
        "chunks_dead": dead,
    }
    return Refresh("run", dt.date(2026, 2, 1), "pass", 1, "recipe", counts, cost_usd=cost_usd)


USUAL = [night(kept=800 + turn % 3, cost_usd=1 + turn / 100) for turn in range(14)]


def test_a_night_like_the_others_is_not():
    assert list(unusual(night(), USUAL)) == []


def test_each_number_that_is_far_off_is_named_with_its_usual_value():
    assert list(unusual(night(dead=20), USUAL)) == ["dead share 10%, usually 0%"]
    assert list(unusual(night(not_verbatim=400), USUAL)) == ["verbatim rate 60%, usually 90%"]
    assert list(unusual(night(kept=500), USUAL)) == ["keep rate 50%, usually 80%"]
    assert list(unusual(night(cost_usd=3.0), USUAL)) == ["cost $3.00, usually $1.06"]


def test_a_cheap_night_is_no_fault():
    assert list(unusual(night(cost_usd=0.1), USUAL)) == []


def test_four_nights_are_too_few_to_say():
    assert list(unusual(night(kept=100), USUAL[:4])) == []


def test_only_the_last_fourteen_nights_count():
    long_ago = [night(kept=100)] * 50
    assert list(unusual(night(kept=100), long_ago + USUAL)) == ["keep rate 10%, usually 80%"]


def test_a_night_of_few_triples_may_lie_off_by_chance():
    small = replace(night(), counts={"triples": 2, "kept": 1})
    assert list(unusual(small, USUAL)) == []


def test_a_night_without_a_price_says_nothing_of_its_cost():
    assert list(unusual(night(cost_usd=None), USUAL)) == []
