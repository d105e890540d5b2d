"""Trends of one night, of a few and of many: a bar is a day wide, and never the whole chart."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ownvoice.reports.charts.trends import trend_charts
from ownvoice.reports.history import Refresh

LAST = dt.date(2026, 4, 1)


def night(days_before: int = 0, run_id: str = "run") -> Refresh:
    counts = {"triples": 100, "kept": 70, "chunks_answered": 20, "prompt_tokens": 900}
    return Refresh(run_id, LAST - dt.timedelta(days=days_before), "pass", 1, "recipe", counts)


def marks(spec):
    return spec["mark"]["type"] if isinstance(spec["mark"], dict) else spec["mark"]


@pytest.mark.parametrize("nights", [[night()], [night(0, "one"), night(0, "two")]], ids=["one", "two of one date"])
def test_nights_of_one_date_are_points_with_the_date_below(nights):
    charts = trend_charts(nights)
    assert all(marks(spec) in ("point", "line") for spec in charts.values())
    assert all(spec["encoding"]["x"]["axis"]["values"] == ["2026-04-01"] for spec in charts.values())
    assert all(spec["mark"]["point"] for spec in charts.values() if marks(spec) == "line")


@pytest.mark.parametrize(("days", "shown"), [([1, 0], 14), ([9, 3, 0], 14), (list(range(89, -1, -1)), 90)])
def test_a_chart_shows_a_fortnight_at_least_so_that_few_bars_are_no_wider(days, shown):
    for title, spec in trend_charts([night(day) for day in days]).items():
        since, end = (dt.date(at["year"], at["month"], at["date"]) for at in spec["encoding"]["x"]["scale"]["domain"])
        assert (end - since).days == shown, title
        assert end == LAST + dt.timedelta(days=1), "the bar of the last night ends there"


def test_every_count_of_every_night_is_in_the_data():
    kept = trend_charts([night(1), night(0)])["Pairs kept"]
    (rows,) = (json.loads(json.dumps(kept["data"]["values"])),)
    assert [(row["date"], row["kept"]) for row in rows] == [("2026-03-31", 70), ("2026-04-01", 70)]


def test_a_lake_without_a_night_has_charts_without_a_point():
    assert all(spec["data"]["values"] == [] for spec in trend_charts([]).values())
