from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ownvoice.llm.rate_limit_headers import NOTHING_SAID, RateLimits, announced_limits, retry_after_s

NOW = datetime(2026, 2, 1, 2, 0, 0, tzinfo=UTC)


def test_the_limits_of_a_minute_are_read_from_the_headers() -> None:
    headers = {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "200000",
        "x-ratelimit-reset-tokens": "6s",
    }
    assert announced_limits(headers) == RateLimits(requests_per_minute=500, tokens_per_minute=200_000)


@pytest.mark.parametrize("reset", ["1m0.5s", "6m0s", "23h18m29.144s", "3600"])
def test_a_limit_that_comes_back_after_more_than_a_minute_is_not_one_of_a_minute(reset: str) -> None:
    headers = {"x-ratelimit-limit-tokens": "1500000", "x-ratelimit-reset-tokens": reset}
    assert announced_limits(headers) == NOTHING_SAID


@pytest.mark.parametrize("limit", ["", "none", "0", "-1", "5,000", "nan", "inf", "1e999", "0.0001", "9" * 5000])
def test_a_limit_that_makes_no_sense_says_nothing(limit: str) -> None:
    assert announced_limits({"x-ratelimit-limit-requests": limit}) == NOTHING_SAID


def test_headers_that_are_not_there_say_nothing() -> None:
    assert announced_limits({}) == NOTHING_SAID
    assert retry_after_s({}) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0.25", 0.25), ("-3", 0.0), ("Sun, 01 Feb 2026 02:00:30 GMT", 30.0), ("soon", None)],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": value}, NOW) == seconds
