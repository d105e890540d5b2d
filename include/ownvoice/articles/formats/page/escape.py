"""Text as Markdown that says exactly this text, after CommonMark 0.31, sections 2.4 and 2.5.

`<` and `&` become character references, because tags are found before backslashes are read. Marks of the dialects
and template languages in which blogs write Markdown (docs/decisions/0022) are escaped as well.
"""

from __future__ import annotations

import re

FOOTNOTE = "\0"
"""Stands around the label of a footnote's mark. No tree holds this character."""

_MARKUP = re.compile(r"[\\`*_\[\]{<]|~(?=~)|%(?=%)|==(?=\S)|\$(?=[^$]*\$)|(?<=\s)\^(?=[\w-]+\Z)|&(?=#?\w+;)")
_REFERENCES = {"<": "&lt;", "&": "&amp;"}
_BLOCK_STARTS = tuple("#>+=:|~-.!?")
_NUMBER_START = re.compile(r"\d{1,9}(?=[.)](?:\s|\Z))")
_CLOSING_SIGNS = re.compile(r"#(?=#*\Z)")


def escaped_lines(paragraph: str) -> list[str]:
    """Return a paragraph as Markdown, a line for each of its own, which end in a hard break."""
    lines = [_escaped_start(_escaped(line)) for line in paragraph.split("\n")]
    return [*(f"{line}\\" for line in lines[:-1]), lines[-1]]


def escaped_heading(text: str) -> str:
    """Return a line of text as Markdown that may follow the number signs of a heading."""
    return _CLOSING_SIGNS.sub(r"\\#", _escaped(text))


def _escaped(text: str) -> str:
    parts = text.split(FOOTNOTE)
    parts[::2] = (_MARKUP.sub(_escape, part) for part in parts[::2])
    parts[1::2] = (f"[^{label}]" for label in parts[1::2])
    return "".join(parts)


def _escape(found: re.Match[str]) -> str:
    return _REFERENCES.get(found[0]) or "".join(f"\\{character}" for character in found[0])


def _escaped_start(line: str) -> str:
    if line.startswith(_BLOCK_STARTS):
        return f"\\{line}"
    number = _NUMBER_START.match(line)
    return f"{number[0]}\\{line[number.end() :]}" if number else line
