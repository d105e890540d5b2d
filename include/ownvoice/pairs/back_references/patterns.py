"""Patterns out of lists of words."""

from __future__ import annotations

import re


def any_of(*listed: str) -> str:
    """Return a pattern for any of the words and, between commas, phrases of `listed`.

    Without a comma each word counts by itself.
    """
    phrases = [one.split(",") if "," in one else one.split() for one in listed]
    found = [r"\s+".join(re.escape(word) for word in phrase.split()) for part in phrases for phrase in part]
    return f"(?:{'|'.join(sorted(filter(None, found), key=len, reverse=True))})"


def beginning(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern to match at the beginning of a sentence, whatever the case of its letters."""
    return re.compile("|".join(f"(?:{one})" for one in alternatives), re.IGNORECASE)
