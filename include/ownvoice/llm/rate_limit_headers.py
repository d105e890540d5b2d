"""The rate limits that an endpoint announces in the headers of its responses."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DURATION = re.compile(r"([\d.]+)(ms|h|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How much an account may request in a minute; None where that is not known."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


NOTHING_SAID = RateLimits()


def announced_limits(headers: Mapping[str, str]) -> RateLimits:
    """Read OpenAI's `x-ratelimit-limit-requests` and `x-ratelimit-limit-tokens` with their resets."""
    return RateLimits(_per_minute(headers, "requests"), _per_minute(headers, "tokens"))


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds of `Retry-After`, which may also be a date; None where it is absent or malformed."""
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - (now or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError):
        return None


def _per_minute(headers: Mapping[str, str], what: str) -> float | None:
    """Return the limit, unless it is reset in more than a minute: then it is one of an hour or a day.

    None too for what no limit can be: less than one a minute, infinite, or no number.
    """
    try:
        limit = float(headers.get(f"x-ratelimit-limit-{what}", ""))
        reset_s = _duration_s(headers.get(f"x-ratelimit-reset-{what}", "0s"))
    except ValueError:
        return None
    return limit if 1 <= limit < math.inf and reset_s <= _MINUTE_S else None


def _duration_s(text: str) -> float:
    """Read "120ms", "1s", "6m0s" or plain seconds."""
    parts = _DURATION.findall(text)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts) if parts else float(text)
