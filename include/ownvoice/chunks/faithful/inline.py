"""The inline pass: which marks of the prose make emphasis, links and code, and what stands in their place.

After CommonMark 0.31, section 6, in one pass: every mark is looked at once, and what must wait for its partner
(emphasis, links) waits on a stack, so hostile input stays linear.
"""

from __future__ import annotations

import html
from itertools import accumulate

from ownvoice.chunks.faithful.marks import EDGE, MARK, SUSPENDED, WIDE

_BLANKS = " \t\n"


def read_inline(prose: str, detached: str, references: frozenset[str]) -> tuple[list[str], list[str]]:
    """Return the pieces of the prose, and what is kept of each: nothing of a mark, or what stands in its place.

    `prose` stands between two edges, which save every look beyond its ends and are in no piece.
    `detached` are the punctuation marks that the converter set off from a closing mark by a space; `references` are
    the names of the article's link definitions, in lower case.
    """
    reader = _Reader(prose, detached, references)
    reader.read()
    return reader.pieces, reader.kept


class _Reader:
    """One pass over the marks of one article: every second piece is a mark, the others are the text around it."""

    def __init__(self, prose: str, detached: str, references: frozenset[str]) -> None:
        self.prose = prose
        self.pieces = MARK.split(prose)
        self.ends = list(accumulate(map(len, self.pieces)))
        self.pieces[0] = self.pieces[0][1:]
        self.pieces[-1] = self.pieces[-1][:-1]
        self.kept = self.pieces.copy()
        self.detached, self.references = detached, references
        self.block_end = 0
        self.openers: dict[str, list[int]] = {"*": [], "_": [], "~": []}
        self.brackets: list[tuple[int, int]] = []
        self.split_marks: list[tuple[int, tuple[str, str, str]]] = []

    def read(self) -> None:
        pieces, kept, ends = self.pieces, self.kept, self.ends
        for index in range(1, len(pieces), 2):
            mark = pieces[index]
            first = mark[0]
            if first in "*_~":
                if kept[index] and not self.encloses(index, ends[index]):
                    self.emphasis(index, ends[index - 1], ends[index])
            elif first == "\n":
                self.line_break(index, ends[index - 1])
            elif first == "\\":
                kept[index] = EDGE if mark == "\\\n" else mark[1]
            elif first == "`":
                width = 1 + mark.startswith("``")
                self.split_marks.append((index, (mark[:width], mark[width:-width], mark[-width:])))
            elif first == "&":
                kept[index] = html.unescape(mark)
            elif first == "]" or mark == "[":
                self.bracket(index, ends[index - 1])
            elif mark.startswith(("<http", "<mailto")):
                self.split_marks.append((index, ("<", mark[1:-1], ">")))
            else:
                self.drop(index, ends[index - 1], ends[index])
        self.close_block()
        if self.split_marks:
            self.open_split_marks()

    def enter_block(self, left: int) -> None:
        """Forget what still waits for its partner if `left` is in another block."""
        if left > self.block_end:
            self.close_block()
            self.block_end = self.prose.find(EDGE, left)

    def close_block(self) -> None:
        for openers in self.openers.values():
            openers.clear()
        self.brackets.clear()

    def encloses(self, index: int, right: int) -> bool:
        """Pair a mark at once with the next one, as almost all emphasis is written."""
        pieces, prose = self.pieces, self.prose
        mark, inner = pieces[index], pieces[index + 1]
        if len(pieces) == index + 2 or pieces[index + 2] != mark or not inner or EDGE in inner:
            return False
        if prose[right].isspace() or inner[-1].isspace():
            return False
        closed = right + len(inner) + len(mark)
        if mark[0] == "_" and (prose[right - len(mark) - 1].isalnum() or prose[closed].isalnum()):
            return False
        self.kept[index] = self.kept[index + 2] = ""
        self.attach(index + 2, closed)
        return True

    def emphasis(self, index: int, left: int, right: int) -> None:
        """Let a run of marks close what stands open, and open with what is left of it."""
        pieces, kept, prose = self.pieces, self.kept, self.prose
        self.enter_block(left)
        mark, before, after = pieces[index], prose[left - 1], prose[right]
        closes, opens = not before.isspace(), not after.isspace()
        if mark[0] == "_":
            # snake_case is no emphasis; html2text may glue the end of a sentence in emphasis to what follows.
            closes = closes and (not after.isalnum() or before in ".!?…")
            opens = opens and not before.isalnum()
        elif right - left == 1 and before.isdigit() and after.isdigit():  # 2*3
            return
        openers = self.openers[mark[0]]
        while closes and openers and kept[index]:
            opener = openers[-1]
            width = min(len(kept[opener]), len(kept[index]))
            kept[opener], kept[index] = kept[opener][width:], kept[index][width:]
            if not kept[opener]:
                openers.pop()
        if kept[index] != mark:
            self.attach(index, right)
        if kept[index] and opens:
            openers.append(index)
        elif before.isspace() and after.isspace() and mark.startswith("__"):  # a lone icon
            self.drop(index, left, right)

    def attach(self, index: int, right: int) -> None:
        """Drop the space that html2text puts between a closing mark and punctuation."""
        if self.prose[right] == " " and self.prose[right + 1] in self.detached:
            self.move_right(index, 1)

    def line_break(self, index: int, left: int) -> None:
        pieces, prose = self.pieces, self.prose
        bare = pieces[index - 1].rstrip(" \t")
        spaces = len(pieces[index - 1]) - len(bare)
        self.move_left(index, spaces)
        before, right = left - spaces - 1, left + len(pieces[index]) - spaces
        last = prose[before]
        wrapped_word = last == "-" and prose[before - 1].isalnum() and prose[right].isalnum()
        if pieces[index].startswith("  "):
            self.kept[index] = EDGE
        elif (wrapped_word and not SUSPENDED.match(prose, right)) or (WIDE.match(last) and WIDE.match(prose, right)):
            self.kept[index] = ""
        else:
            self.kept[index] = " "

    def bracket(self, index: int, left: int) -> None:
        """Pair brackets, and drop both where they make a link."""
        self.enter_block(left)
        mark = self.pieces[index]
        if mark == "[":
            self.brackets.append((index, left))
        elif self.brackets:
            opener, opener_left = self.brackets.pop()
            name = (mark[2:-1] or self.prose[opener_left + 1 : left]) if mark.startswith("][") else ""
            if mark != "]" and (not name or name.lower() in self.references):
                self.kept[opener] = self.kept[index] = ""

    def drop(self, index: int, left: int, right: int) -> None:
        """Drop a mark, and the space that would be left double or at an edge of the block."""
        pieces, prose = self.pieces, self.prose
        if prose[left - 1].isspace():
            spaces = len(pieces[index + 1]) - len(pieces[index + 1].lstrip(_BLANKS))
            self.move_right(index, spaces)
            right += spaces
        if prose[right] == EDGE:
            self.move_left(index, len(pieces[index - 1]) - len(pieces[index - 1].rstrip(_BLANKS)))
        self.kept[index] = ""

    def move_left(self, index: int, count: int) -> None:
        """Let a mark take the last characters of the text before it."""
        if count:
            text = self.pieces[index - 1]
            self.pieces[index] = text[-count:] + self.pieces[index]
            self.pieces[index - 1] = self.kept[index - 1] = text[:-count]

    def move_right(self, index: int, count: int) -> None:
        """Let a mark take the first characters of the text after it."""
        if count:
            text = self.pieces[index + 1]
            self.pieces[index] += text[:count]
            self.pieces[index + 1] = self.kept[index + 1] = text[count:]

    def open_split_marks(self) -> None:
        """Put each mark that has its text inside in three pieces: the text is kept, and mapped letter for letter."""
        pieces: list[str] = []
        kept: list[str] = []
        done = 0
        for index, (opening, text, closing) in self.split_marks:
            pieces += (*self.pieces[done:index], opening, text, closing)
            kept += (*self.kept[done:index], "", text, "")
            done = index + 1
        self.pieces, self.kept = pieces + self.pieces[done:], kept + self.kept[done:]
