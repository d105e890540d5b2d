"""The pieces of a prose: its inline marks, the text between them, and what is kept of each."""

from __future__ import annotations

import re
from itertools import accumulate

from ownvoice.chunks.faithful.marks import EDGE

_BLANKS = " \t\n"


class Pieces:
    """A prose taken apart at its marks: every second piece is a mark, the others are the text around it.

    `kept` holds for each piece the text that takes its place, at first the piece itself. `ends` are the offsets in the
    prose at which the pieces ended when it was taken apart. The edges around the prose are in no piece.
    """

    def __init__(self, prose: str, marks: re.Pattern[str]) -> None:
        self.prose = prose
        self.pieces = marks.split(prose)
        self.ends = list(accumulate(map(len, self.pieces)))
        self.pieces[0] = self.pieces[0][1:]
        self.pieces[-1] = self.pieces[-1][:-1]
        self.kept = self.pieces.copy()
        self._with_text: list[tuple[int, tuple[str, str, str]]] = []

    def drop(self, index: int, left: int, right: int) -> None:
        """Drop the mark from offset `left` to `right`, with a space that would be left double or at a block's edge."""
        pieces, prose = self.pieces, self.prose
        if prose[left - 1].isspace():
            spaces = len(pieces[index + 1]) - len(pieces[index + 1].lstrip(_BLANKS))
            self.move_right(index, spaces)
            right += spaces
        if prose[right] == EDGE:
            self.move_left(index, len(pieces[index - 1]) - len(pieces[index - 1].rstrip(_BLANKS)))
        self.kept[index] = ""

    def move_left(self, index: int, count: int) -> None:
        """Let a mark take the last `count` characters of the text before it."""
        if count:
            text = self.pieces[index - 1]
            self.pieces[index] = text[-count:] + self.pieces[index]
            self.pieces[index - 1] = self.kept[index - 1] = text[:-count]

    def move_right(self, index: int, count: int) -> None:
        """Let a mark take the first `count` characters of the text after it."""
        if count:
            text = self.pieces[index + 1]
            self.pieces[index] += text[:count]
            self.pieces[index + 1] = self.kept[index + 1] = text[count:]

    def keep_text_inside(self, index: int, opening: str, text: str, closing: str) -> None:
        """Keep the text inside a mark that is both delimiters and text, such as a code span."""
        self._with_text.append((index, (opening, text, closing)))

    def all(self) -> tuple[list[str], list[str]]:
        """Return the pieces and what is kept of each; a mark with text inside is three, of which the text is kept."""
        if not self._with_text:
            return self.pieces, self.kept
        pieces: list[str] = []
        kept: list[str] = []
        done = 0
        for index, (opening, text, closing) in self._with_text:
            pieces += (*self.pieces[done:index], opening, text, closing)
            kept += (*self.kept[done:index], "", text, "")
            done = index + 1
        return pieces + self.pieces[done:], kept + self.kept[done:]
