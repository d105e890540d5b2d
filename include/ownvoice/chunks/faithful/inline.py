"""The inline pass: which marks of a prose make emphasis, links and code, and what takes their place.

It follows CommonMark 0.31, section 6, in one pass. Every mark is looked at once, and a mark that needs a partner
(emphasis, a link) waits for it on a stack, so the time is linear in the length of any input.
"""

from __future__ import annotations

import html
import re

from ownvoice.chunks.faithful.marks import EDGE, SUSPENDED, WIDE
from ownvoice.chunks.faithful.pieces import Pieces


def read_inline(
    prose: str, marks: re.Pattern[str], spaced_punctuation: str, link_names: frozenset[str]
) -> tuple[list[str], list[str]]:
    """Return the pieces of a prose, and what is kept of each: nothing of a mark, or the text that takes its place.

    `prose` lies between two edges, which are in no piece. `marks` is the pattern of the marks. `spaced_punctuation`
    are the punctuation marks that a converter set off from a closing mark by a space. `link_names` are the names of the
    article's link reference definitions, in lower case.
    """
    reader = _Reader(prose, marks, spaced_punctuation, link_names)
    reader.read()
    return reader.found.all()


class _Reader:
    """One pass over the marks of one article."""

    def __init__(self, prose: str, marks: re.Pattern[str], spaced_punctuation: str, link_names: frozenset[str]) -> None:
        self.prose = prose
        self.found = Pieces(prose, marks)
        self.spaced_punctuation, self.link_names = spaced_punctuation, link_names
        self.block_end = 0
        self.openers: dict[str, list[int]] = {"*": [], "_": [], "~": []}
        self.brackets: list[tuple[int, int]] = []

    def read(self) -> None:
        found = self.found
        pieces, kept, ends = found.pieces, found.kept, found.ends
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
                found.keep_text_inside(index, mark[:width], mark[width:-width], mark[-width:])
            elif first == "&":
                kept[index] = html.unescape(mark)
            elif first == "]" or mark == "[":
                self.bracket(index, ends[index - 1])
            elif mark.startswith(("<http", "<mailto")):
                found.keep_text_inside(index, "<", mark[1:-1], ">")
            elif first != "$":  # mathematics stays as it is
                found.drop(index, ends[index - 1], ends[index])

    def enter_block(self, left: int) -> None:
        """Forget the marks that still wait for a partner if `left` is in another block."""
        if left > self.block_end:
            for openers in self.openers.values():
                openers.clear()
            self.brackets.clear()
            self.block_end = self.prose.find(EDGE, left)

    def encloses(self, index: int, right: int) -> bool:
        """Pair a mark with the next one if that closes it, as almost all emphasis is written; return whether it did."""
        pieces, prose = self.found.pieces, self.prose
        mark, inner = pieces[index], pieces[index + 1]
        if len(pieces) == index + 2 or pieces[index + 2] != mark or not inner or EDGE in inner:
            return False
        if prose[right].isspace() or inner[-1].isspace():
            return False
        closed = right + len(inner) + len(mark)
        if mark[0] == "_" and (prose[right - len(mark) - 1].isalnum() or prose[closed].isalnum()):
            return False
        self.found.kept[index] = self.found.kept[index + 2] = ""
        self.drop_space_before_punctuation(index + 2, closed)
        return True

    def emphasis(self, index: int, left: int, right: int) -> None:
        """Let a run of marks close the ones that wait, and let the rest of it wait for a partner itself."""
        pieces, kept, prose = self.found.pieces, self.found.kept, self.prose
        self.enter_block(left)
        mark, before, after = pieces[index], prose[left - 1], prose[right]
        closes, opens = not before.isspace(), not after.isspace()
        if mark[0] == "_":
            # snake_case is no emphasis. html2text may glue a sentence that ends in emphasis to the next word.
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
            self.drop_space_before_punctuation(index, right)
        if kept[index] and opens:
            openers.append(index)
        elif before.isspace() and after.isspace() and mark.startswith("__"):  # an icon that became a lone mark
            self.found.drop(index, left, right)

    def drop_space_before_punctuation(self, index: int, right: int) -> None:
        """Drop the space that html2text puts between a closing mark and punctuation."""
        if self.prose[right] == " " and self.prose[right + 1] in self.spaced_punctuation:
            self.found.move_right(index, 1)

    def line_break(self, index: int, left: int) -> None:
        """Replace a line break by an edge if it is hard, by nothing inside a word, and else by a space."""
        pieces, prose = self.found.pieces, self.prose
        bare = pieces[index - 1].rstrip(" \t")
        spaces = len(pieces[index - 1]) - len(bare)
        self.found.move_left(index, spaces)
        before, right = left - spaces - 1, left + len(pieces[index]) - spaces
        last = prose[before]
        wrapped_word = last == "-" and prose[before - 1].isalnum() and prose[right].isalnum()
        if pieces[index].startswith("  "):
            self.found.kept[index] = EDGE
        elif (wrapped_word and not SUSPENDED.match(prose, right)) or (WIDE.match(last) and WIDE.match(prose, right)):
            self.found.kept[index] = ""
        else:
            self.found.kept[index] = " "

    def bracket(self, index: int, left: int) -> None:
        """Pair brackets, and drop both if they make a link."""
        self.enter_block(left)
        mark = self.found.pieces[index]
        if mark == "[":
            self.brackets.append((index, left))
        elif self.brackets:
            opener, opener_left = self.brackets.pop()
            name = (mark[2:-1] or self.prose[opener_left + 1 : left]) if mark.startswith("][") else ""
            if mark != "]" and (not name or name.lower() in self.link_names):
                self.found.kept[opener] = self.found.kept[index] = ""
