"""A chosen answer in its article: the text around it, cut into quoted and other parts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

CONTEXT_CHARS = 220

_BROKEN_START, _BROKEN_END = re.compile(r"^\S{0,30}\s+"), re.compile(r"\s+\S{0,30}$")

# Characters that are invisible or change the direction of text (control, direction, tag), and non-characters.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


class Part(NamedTuple):
    """A part of an excerpt; a gap is where text was left out."""

    kind: Literal["quoted", "around", "gap"]
    text: str


def excerpt(content: str, spans: Sequence[tuple[int, int]], context_chars: int = CONTEXT_CHARS) -> Iterator[Part]:
    """Yield the quoted spans with `context_chars` before and behind each; `spans` are in increasing order."""
    shown = 0
    for number, (start, end) in enumerate(spans):
        yield from _around(content, shown, start, context_chars if number else 0, context_chars)
        yield Part("quoted", content[start:end])
        shown = end
    yield from _around(content, shown, len(content), context_chars, 0)


def _around(content: str, start: int, end: int, head_chars: int, tail_chars: int) -> Iterator[Part]:
    """Yield the text between two places; of a long one only its two ends."""
    if end - start <= head_chars + tail_chars:
        yield Part("around", content[start:end])
        return
    yield Part("around", _BROKEN_END.sub("", content[start : start + head_chars]))
    yield Part("gap", "")
    yield Part("around", _BROKEN_START.sub("", content[end - tail_chars : end]))


def visible(text: str) -> str:
    """Return `text` with invisible and direction characters spelled out as escapes; typography and joiners stay."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
