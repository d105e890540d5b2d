"""Knowing an answer that would never have ended: white space, or a loop, up to where it was cut."""

from __future__ import annotations

import zlib

_LONGEST_REPEATED = 200  # characters; a model that is caught in a loop repeats a sentence or two
_TIMES = 10
_SHORTEST_END = 100  # characters: some words are repeated on purpose

# Loops that change a word now and then: prose shrinks to a half, JSON of short equal entries to a ninth; of two loops
# of SmolLM2 one shrank to a fifteenth, the other to a nineteenth.
_COMPRESSED_CHARS = 2_000
_SHRUNK_TO = 1 / 12


def is_endless(text: str) -> bool:
    """Whether a text that was cut off is blank, or ends in a loop.

    That is a loop that repeats itself at least ten times over 100 characters or more, or whose last 2,000 characters
    compress to a twelfth.
    """
    blanks = len(text) - len(text.rstrip())
    if blanks and blanks >= min(len(text), _SHORTEST_END):
        return True
    return _shrinks(text) or any(_repeats(text, period) for period in range(1, _LONGEST_REPEATED + 1))


def _repeats(text: str, period: int) -> bool:
    length = max(_SHORTEST_END, _TIMES * period)
    return len(text) >= length and text[-length:-period] == text[period - length :]


def _shrinks(text: str) -> bool:
    end = text[-_COMPRESSED_CHARS:].encode(errors="replace")
    return len(text) >= _COMPRESSED_CHARS and len(zlib.compress(end)) < _SHRUNK_TO * len(end)
