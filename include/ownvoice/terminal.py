"""Text that strangers wrote, on a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return article text with control and direction characters made visible, so that it cannot act on a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\u{ord(c):04x}" for c in text)
