"""Knowing an answer that would never have ended: white space, or the same again and again, up to where it was cut."""

from __future__ import annotations

_LONGEST_REPEATED = 200  # characters; a model that is caught in a loop repeats a sentence or two
_TIMES = 10
_SHORTEST_END = 100  # characters: some words are repeated on purpose


def is_endless(text: str) -> bool:
    """Whether a text that was cut off is blank, or repeats its end at least ten times over 100 characters or more."""
    blanks = len(text) - len(text.rstrip())
    if blanks and blanks >= min(len(text), _SHORTEST_END):
        return True
    return any(_repeats(text, period) for period in range(1, _LONGEST_REPEATED + 1))


def _repeats(text: str, period: int) -> bool:
    length = max(_SHORTEST_END, _TIMES * period)
    return len(text) >= length and text[-length:-period] == text[period - length :]
