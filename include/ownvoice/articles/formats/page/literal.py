"""Parts of a page that are written whole: code blocks, and tables of data."""

from __future__ import annotations

import re
from itertools import islice

from ownvoice.articles.formats.page.escape import escaped_lines
from ownvoice.articles.formats.page.tree import Element, names_of, shown_text

PREFORMATTED = frozenset({"pre", "xmp", "listing", "plaintext"})
MAX_CELL_CHARS = 200
"""A table with a longer cell, with blocks in one, or with a single row or column is a layout: its cells are prose."""

_CODE = ("code", "samp", "kbd", "tt", "span")
_CODE_NAME = re.compile(r".*(?:code|highlight|listing|screen|literal|syntax|source|console|terminal).*")
_FRAME_NAME = re.compile(r".*(?:code|highlight|syntax|rouge|listingblock|literalblock).*")
_FRAMES_OF_CODE = 6  # a table for the line numbers, and what is around it
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_FENCE = re.compile(r"`{3,}")


def fenced(element: Element, left_out: set[Element]) -> list[str]:
    """Return the lines of a code block with its fences; nothing for an element that is none.

    Plain `pre` is none: old pages write poems and letters in it. Code says that it is code.
    """
    if not _is_code(element):
        return []
    text = shown_text(element, left_out, line_break="\n").strip("\r\n")
    fence = "`" * (1 + max((len(run) for run in _FENCE.findall(text)), default=2))
    return [fence, *text.replace("\r\n", "\n").split("\n"), fence] if text.strip() else []


def rows_of(table: Element, left_out: set[Element]) -> list[list[str]]:
    """Return the cells of a table of data by row; nothing for a layout."""
    rows = [
        [_BLANKS.sub(" ", shown_text(cell, left_out)).strip(" ") for cell in row.iterchildren("td", "th")]
        for row in table.iter("tr")
        if row not in left_out
    ]
    widest = max(map(len, rows), default=0)
    is_data = len(rows) > 1 and widest > 1 and all(len(cell) <= MAX_CELL_CHARS for row in rows for cell in row)
    return [[*row, *[""] * (widest - len(row))] for row in rows] if is_data else []


def pipe_table(rows: list[list[str]]) -> list[str]:
    """Return the lines of a table, of which the first row is the header."""
    lines = [f"| {' | '.join(escaped_lines(cell)[0].replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return [*lines[:1], "|" + "---|" * len(rows[0]), *lines[1:]] if rows else []


def _is_code(element: Element) -> bool:
    if element.tag != "pre":
        return element.tag in PREFORMATTED
    around = islice(element.iterancestors(), _FRAMES_OF_CODE)
    return (
        any(map(_CODE_NAME.fullmatch, names_of(element)))
        or any(_FRAME_NAME.fullmatch(name) for one in around for name in names_of(one))
        or next(element.iter(*_CODE), None) is not None
    )
