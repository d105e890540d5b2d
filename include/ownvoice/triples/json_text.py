"""JSON as models write it: a comma too many, LaTeX behind single backslashes, or broken off; read within bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ownvoice.triples.latex import with_its_backslashes
from ownvoice.triples.near_json import MAX_CHARS

_MAX_FALSE_STARTS = 100  # each brace that begins no object costs a look at the rest of the text

_DECODER = json.JSONDecoder(strict=False)  # models put raw line breaks into strings

# Possessive, and an unclosed string reaches to the end: each character is looked at once, whatever the text holds.
_STRING_OR_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))|,(?=\s*+[}\]])', re.DOTALL)


def objects(text: str) -> Iterator[dict[str, Any] | None]:
    """Yield the JSON objects of `text` as they are found, and None for a brace that begins no complete object.

    Text around them (a greeting, a Markdown fence) is skipped. Of an object that breaks off, the complete objects
    inside it are yielded.
    """
    start = text.find("{", 0, MAX_CHARS)
    json_text = _STRING_OR_COMMA.sub(_mended, text[start:MAX_CHARS]) if start >= 0 else ""
    at, false_starts = json_text.find("{"), 0
    while at >= 0 and false_starts < _MAX_FALSE_STARTS:
        try:
            value, end = _DECODER.raw_decode(json_text, at)
        except (ValueError, RecursionError):
            value, end = None, at + 1
            false_starts += 1
        yield value
        at = json_text.find("{", end)


def _mended(match: re.Match[str]) -> str:
    """Return a string with its backslashes as JSON wants them, and nothing for a comma before a bracket."""
    string: str = match[1] or ""
    return with_its_backslashes(string) if "\\" in string else string
