"""Texts that grow side by side, as rows of a terminal. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ownvoice.terminal import in_one_line, printable

_BETWEEN = " │ "
_LEAST_CELLS = 48  # of a column: below, prose becomes hard to read


def fits_side_by_side(columns: int, cells: int) -> bool:
    """Whether so many columns stand side by side in a terminal of that many cells."""
    return _cells_of_column(columns, cells) >= _LEAST_CELLS


def _cells_of_column(columns: int, cells: int) -> int:
    return (cells - 1 - (columns - 1) * len(_BETWEEN)) // columns  # the last cell would start a new line


class Columns:
    """Texts that grow at the same time. A row is complete once every text has filled its part of it, or has ended."""

    def __init__(self, columns: int, cells: int) -> None:
        self._columns = [_Column(_cells_of_column(columns, cells)) for _ in range(columns)]
        self._shown = 0

    def heading(self, labels: list[str]) -> Iterator[str]:
        """Yield a row with the name of each text, cut where it is too long, and a line below it."""
        columns = self._columns
        yield _BETWEEN.join(_padded(label, column.cells) for label, column in zip(labels, columns, strict=True))
        yield "─┼─".join("─" * column.cells for column in columns)

    def add(self, index: int, text: str) -> list[str]:
        """Add to a text; return the rows that are complete now."""
        self._columns[index].add(text)
        return self._complete()

    def end(self, index: int) -> list[str]:
        """End a text; return the rows that are complete now."""
        self._columns[index].end()
        return self._complete()

    def row_in_progress(self) -> str:
        """Return the next row as far as it has got, at its full width."""
        return self._row(self._shown)

    def _complete(self) -> list[str]:
        first, last = self._shown, max(len(column.lines) for column in self._columns)
        while self._shown < last and all(column.has(self._shown) for column in self._columns):
            self._shown += 1
        return [self._row(number) for number in range(first, self._shown)]

    def _row(self, number: int) -> str:
        return _BETWEEN.join(_padded(column.line(number), column.cells) for column in self._columns)


class _Column:
    """One text: its full lines, and the one that still grows."""

    def __init__(self, cells: int) -> None:
        self.cells = cells
        self.lines: list[str] = []
        self._open = ""
        self._at_start = True  # of the text, or of a line that goes on with the one before
        self._is_over = False

    def add(self, text: str) -> None:
        self._open += printable(text).replace("\t", "    ")  # what others wrote can do nothing to a terminal
        self._skip_blanks()
        while (cut := _cut(self._open, self.cells)) is not None:
            line, self._open, self._at_start = cut
            self.lines.append(line)
            self._skip_blanks()

    def _skip_blanks(self) -> None:
        # A text begins with its first word, a line that goes on with its next; what divides them may come in pieces.
        if self._at_start:
            self._open = self._open.lstrip(" " if self.lines else None)
            self._at_start = not self._open

    def end(self) -> None:
        if self._open.strip():
            self.lines.append(self._open.rstrip())
        self._open, self._is_over = "", True

    def has(self, number: int) -> bool:
        return self._is_over or number < len(self.lines)

    def line(self, number: int) -> str:
        if number < len(self.lines):
            return self.lines[number]
        return self._open if number == len(self.lines) else ""


def _cut(text: str, cells: int) -> tuple[str, str, bool] | None:
    """Return a text's first line, the rest, and whether it goes on with that line; None where it may still grow."""
    line, newline, rest = text.partition("\n")
    fitting = _fitting(line, cells)
    if fitting == len(line):
        return (line.rstrip(), rest, False) if newline else None
    at = line.rfind(" ", 0, fitting + 1)
    end = at if at > 0 else fitting
    return line[:end].rstrip(), line[end:] + newline + rest, True


def _fitting(text: str, cells: int) -> int:
    """Return how many characters of a text fit into so many cells; at least one, or it would never end."""
    used = 0
    for index, character in enumerate(text):
        used += _cells(character)
        if used > cells:
            return max(1, index)
    return len(text)


def _padded(text: str, cells: int) -> str:
    text = in_one_line(text)
    text = text[: _fitting(text, cells)]
    return text + " " * (cells - sum(map(_cells, text)))


def _cells(character: str) -> int:
    """Return the cells that a terminal gives to a character: two in East Asian scripts, none for a combining mark."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
