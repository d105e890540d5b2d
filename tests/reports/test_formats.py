"""How numbers are written: short, with their unit, and a dash for what is not known."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.reports.formats import FILTERS, airflow_run, dollars, moment, path_part, percent, seconds, words


def test_what_is_not_known_is_a_dash_everywhere_but_in_names():
    assert {FILTERS[name](None) for name in ("number", "percent", "measure", "dollars", "seconds", "moment")} == {"–"}


@pytest.mark.parametrize(("cost", "text"), [(0, "$0.00"), (0.1234, "$0.1234"), (1, "$1.00"), (1234.5, "$1,234.50")])
def test_small_sums_have_four_decimals(cost, text):
    assert dollars(cost) == text
    assert dollars(None, "price not known") == "price not known"


@pytest.mark.parametrize(("value", "text"), [(5.04, "5.0 s"), (61, "1 min 1 s"), (3_660, "1 h 1 min")])
def test_a_duration_is_short_to_read(value, text):
    assert seconds(value) == text


def test_a_small_share_keeps_a_decimal():
    assert [percent(share) for share in (0, 0.012, 0.5, 1)] == ["0%", "1.2%", "50%", "100%"]


def test_a_time_is_written_in_utc_from_any_zone():
    at = dt.datetime(2026, 4, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert moment(at) == moment(at.isoformat()) == "2026-04-01 00:00:00 UTC"


def test_a_name_is_written_as_words_and_quoted_in_an_address():
    assert words("not_verbatim") == "not verbatim"
    assert path_part("a/../b c") == "a%2F..%2Fb%20c"


def test_a_run_is_linked_to_the_dag_that_its_id_names():
    assert airflow_run("nightly/manual__a+b", "refresh_preferences") == "/dags/nightly/runs/manual__a%2Bb"
    assert airflow_run("manual__a+b", "refresh_preferences") == "/dags/refresh_preferences/runs/manual__a%2Bb"
