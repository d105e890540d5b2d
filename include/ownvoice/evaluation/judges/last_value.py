"""The last value that an answer gives under one of several names, as JSON or as a line of its own. Pure."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ownvoice.triples.near_json import as_json

_TAIL_CHARS = 20_000  # of an answer: the last value counts, and no reasoning after it is as long
_MAX_BEGINNINGS = 50  # opening braces, the last ones
_MAX_ENDS = 20  # closing braces that are tried for one opening one
_LATEX = re.compile(r"\\(?:boxed|text|textbf|mathbf)\{([^{}\n]*)\}")

Span = tuple[int, int, Any]


def last_value(text: str, names: str) -> str | None:
    """Return the last value under one of `names`, as text; None where there is none.

    `names` are alternatives of a pattern, in lower case and with spaces, which a key may write as `_` or `-`. A JSON
    object counts as a whole: of several names in it the first alternative, and nothing that a string inside it quotes.
    An answer that is nothing but a value, or whose last line is, gives that.
    """
    tail = _LATEX.sub(r"\1", text[-_TAIL_CHARS:])
    ranked = [_joined(name) for name in names.split("|")]
    found: list[tuple[int, str]] = []
    rest = tail
    for start, end, value in _objects(tail):
        rest = rest[:start] + " " * (end - start) + rest[end:]
        with contextlib.suppress(RecursionError):  # nested so deep that nobody meant it
            found += [(end, inner) for inner in _values_in(value, ranked)]
    found += [(line.end(), line["value"]) for line in _lines(names).finditer(rest)]
    if not found and (line := _LAST_LINE.search(rest)):
        found.append((line.end(), line["value"]))
    return max(reversed(found), key=lambda one: one[0], default=(0, None))[1]


def _lines(names: str) -> re.Pattern[str]:
    """Return the pattern of a line that gives a value, such as `**Best answer:** B` or `"winner": "A"` without braces.

    The words before the name are few, and what follows the value is the end of the line or of the clause.
    """
    names = names.replace(" ", "[ _-]?")
    return re.compile(
        rf"""^[^\w\n]*(?:(?:so|thus|therefore|final|overall|the|my)[ ,]+){{0,3}}(?:{names})[*_"'”\ ]*
        (?:[:=]|\bis\b(?:[ ]*:)?)[*_"'“\ \[(]*
        (?P<value>{_VALUE})
        (?=[*_"'”\])}}\ ]*(?:$|[.,;:!(–—-]|\b(?:because|since)\b))""",
        re.IGNORECASE | re.MULTILINE | re.VERBOSE,
    )


_VALUE = (
    r"(?:the[ ])?(?:(?:answer|response|text|option|assistant)[ _-]?)?(?:[AB]|[12])\b(?![ ]*[|/&]|[ ]+(?:or|and)\b)"
    r"|(?:a[ ])?tie\b|draw\b|equal\b|both\b|neither\b|\d+(?:\.\d+)?(?:[ ]?(?:/|out[ ]of)[ ]?\d+)?|nan\b"
)
_LAST_LINE = re.compile(
    r"(?:\A|\n)[^\w\n]*(?P<value>(?:answer |response )?[AB]|tie|[1-9](?: ?/ ?\d+)?)[^\w\n]*\s*\Z", re.IGNORECASE
)


def _objects(text: str) -> Iterator[Span]:
    """Yield the JSON objects of `text`, each with its place: those that are nearly JSON too."""
    end = 0
    for beginning in list(re.finditer("{", text))[-_MAX_BEGINNINGS:]:
        if beginning.start() >= end and (found := _object_at(text, beginning.start())):
            yield found
            end = found[1]


def _object_at(text: str, start: int) -> Span | None:
    end = start
    for _ in range(_MAX_ENDS):
        end = text.find("}", end) + 1
        if not end:
            return None
        for written in (text[start:end], as_json(text[start:end])):
            try:
                return start, end, json.loads(written, strict=False)
            except (ValueError, RecursionError):
                continue
    return None


def _values_in(value: object, ranked: Sequence[str]) -> Iterator[str]:
    """Yield what stands under the names, at any depth: of each object the value whose name comes first in `ranked`."""
    if isinstance(value, list):
        for inner in value:
            yield from _values_in(inner, ranked)
    if isinstance(value, dict):
        by_name = {_joined(name): inner for name, inner in value.items()}
        for name, inner in by_name.items():
            if name not in ranked:
                yield from _values_in(inner, ranked)
        if name := next((one for one in ranked if one in by_name), ""):
            yield _as_text(by_name[name])


def _joined(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _as_text(value: object) -> str:
    """Return a value as it reads; `true` is a word that names no side, and the only element of a list stands for it."""
    if isinstance(value, list) and len(value) == 1:
        return _as_text(value[0])
    return value if isinstance(value, str) else json.dumps(value)
