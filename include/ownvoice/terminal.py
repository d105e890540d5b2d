"""Text that strangers wrote, on a terminal."""

from __future__ import annotations

import textwrap

WIDTH_CHARS = 80
"""The width that everything printed fits, but for a name that is longer by itself."""


def printable(text: str) -> str:
    """Return article text with control and direction characters made visible, so that it cannot act on a terminal."""
    return "".join(c if c in "\n\t" else in_one_line(c) for c in text)


def in_one_line(text: str) -> str:
    """Return a name with line breaks made visible too, so that it adds no line to what is shown."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def wrapped(text: str, indent: int = 0) -> list[str]:
    """Return lines that fit the terminal, those after the first moved in; what others wrote can do nothing to it."""
    return textwrap.wrap(in_one_line(text), WIDTH_CHARS, subsequent_indent=" " * indent, break_on_hyphens=False)
