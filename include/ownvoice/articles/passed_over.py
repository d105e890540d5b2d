"""Objects that a run passes over by their keys alone: hidden, vendored and thrown away ones, and forms nobody reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fnmatch import translate
from functools import lru_cache

_ENDING = re.compile(r"(?<=[^./])\.[a-z0-9_+~-]{1,12}(?:\.(?:gz|zst|bz2|xz))?\Z")
_NO_ENDING = "of other names"
_ENDINGS_SHOWN = 20  # the others are counted together


def pattern_that_matches(key: str, patterns: Sequence[str]) -> str | None:
    """Return the first of `patterns` that matches a part of `key`, a folder's name or the file's; None without one.

    Patterns are those of a shell (`*`, `?`, `[abc]`), and capital letters make no difference.
    """
    if not patterns:
        return None
    whole = _compiled(tuple(patterns))
    names = (part.casefold() for part in key.split("/") if part.strip("."))  # `..` is odd, but hides nothing
    found = next((match for name in names if (match := whole.fullmatch(name))), None)
    return patterns[int(found.lastgroup[1:])] if found and found.lastgroup else None


def ending_of(key: str) -> str:
    """Return the ending of a key, as reports count it: `.rst`, `.xml.gz`."""
    found = _ENDING.search(key.casefold())
    return found[0] if found else _NO_ENDING


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by ending, the most frequent first; those of many endings are bounded in number."""
    shown = dict(Counter(counts).most_common(_ENDINGS_SHOWN))
    rest = sum(counts.values()) - sum(shown.values())
    return shown | ({_NO_ENDING: shown.get(_NO_ENDING, 0) + rest} if rest else {})


@lru_cache(maxsize=8)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<p{at}>{translate(one.casefold())})" for at, one in enumerate(patterns)))
