"""The date of an article, as sources spell dates: in ISO 8601, as mails and RSS do, or a year alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime

from ownvoice.articles.formats.names import texts_of, values_at
from ownvoice.articles.formats.opened import Fields

DATES = ("published_at", "date", "pubdate", "published", "article:published_time")
"""The names under which sources keep the date on which an article was published, the surest first."""

_MAX_CHARS = 80
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")


def date_in(sources: Sequence[Fields]) -> str:
    """Return the first date that is named, in ISO 8601; empty where none is. What is no date is passed over."""
    texts = (
        text for fields in sources for name in DATES for value in values_at(fields, name) for text in texts_of(value)
    )
    return next(filter(None, map(_iso, texts)), "")


def _iso(text: str) -> str:
    """Return a date in ISO 8601, no more exact than it was spelled and in its own time zone; empty for another text."""
    if len(text) > _MAX_CHARS:
        return ""
    if _YEAR.fullmatch(text):
        return text
    try:
        return dt.date.fromisoformat(text).isoformat() if len(text) == len("2026-03-01") else _moment(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text) if text[:4].isdigit() and "-" in text else parsedate_to_datetime(text)
