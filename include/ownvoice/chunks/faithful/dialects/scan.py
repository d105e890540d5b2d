"""A scan: one way through a text, mark by mark, and what is to be written over.

Searches for closing marks only ever look forward from where the last one ended, and remember what they found. So the
time is linear in the length of any text, whatever stays open in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ownvoice.chunks.faithful.marks import EDGE, HIDDEN
from ownvoice.chunks.offset_map import Span

BLANK_LINE = re.compile(r"\n[ \t>]*+\n")
_TO_PROSE = re.compile(r"[ \t]*+\n[ \t>]*+(?=[^\s>#*+=|`~:-])")
_TIGHT_PUNCTUATION = ".,;:!?)]}…"
_QUOTED = " \t>"


@dataclass(frozen=True, slots=True)
class Indented:
    """A part of a text in which a paragraph that is indented by no more than `most` spaces is prose, and no code."""

    start: int
    end: int
    most: int


@dataclass(slots=True)
class Scan:
    """The text, which begins with a line break, and what the rules have found in it so far.

    `edits` are spans and what is written over each, of the same length. `closings` are where marks close that are
    opened already. `components` are the tags of components that come in pairs. Before `unclosed_until` no bracket is
    looked for again: what opens there is known to stay open.
    """

    source: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    indented: list[Indented] = field(default_factory=list)
    closings: set[int] = field(default_factory=set)
    components: list[Span] = field(default_factory=list)
    unclosed_until: int = 0
    _line: tuple[int, int] = (0, 0)
    _next: dict[re.Pattern[str], re.Match[str] | None] = field(default_factory=dict)
    _found: dict[re.Pattern[str], frozenset[str]] = field(default_factory=dict)

    def after(self, pattern: re.Pattern[str], position: int) -> re.Match[str] | None:
        """Return the first match that begins at `position` or later; positions must ascend from call to call."""
        if pattern not in self._next or ((found := self._next[pattern]) and found.start() < position):
            self._next[pattern] = pattern.search(self.source, position)
        return self._next[pattern]

    def in_paragraph(self, pattern: re.Pattern[str], position: int) -> re.Match[str] | None:
        """Return the first match after `position` that ends before the next blank line."""
        found = self.after(pattern, position)
        return found if found and found.end() <= self.paragraph_end(position) else None

    def paragraph_end(self, position: int) -> int:
        """Return the offset of the next blank line, or of the end of the text."""
        blank = self.after(BLANK_LINE, position)
        return blank.start() if blank else len(self.source)

    def names(self, pattern: re.Pattern[str]) -> frozenset[str]:
        """Return all that `pattern` finds in the text, in lower case; it is looked for once."""
        if pattern not in self._found:
            self._found[pattern] = frozenset(name.lower() for name in pattern.findall(self.source))
        return self._found[pattern]

    def line_start(self, position: int) -> int:
        """Return where the line of `position` begins; positions must ascend from call to call."""
        seen, line = self._line
        found = self.source.rfind("\n", seen, position)
        self._line = position, line if found < 0 else found + 1
        return self._line[1]

    def starts_line(self, position: int) -> bool:
        """Whether only spaces and quote marks stand before `position` in its line."""
        while self.source[position - 1] in _QUOTED:
            position -= 1
        return self.source[position - 1] == "\n"

    def blank(self, start: int, end: int) -> None:
        """Write blank lines over a mark."""
        self.edits.append((start, end, "\n" * (end - start)))

    def hide(self, start: int, end: int) -> None:
        """Take a mark out of its sentence, with the space before it if punctuation follows it."""
        space = start
        while self.source[end : end + 1] in _TIGHT_PUNCTUATION and self.source[space - 1] in " \t":
            space -= 1
        if self.source[space - 1] != "\n":  # an indent stays
            start = space
        self.edits.append((start, end, HIDDEN * (end - start)))

    def begin_paragraph(self, start: int, end: int) -> None:
        """Write blank lines over a mark inside a quotation, so that the quotation goes on in a new paragraph."""
        self.edits.append((start, end, "\n" * (end - start - 2) + "> "))

    def end_title(self, title_end: int, end: int) -> None:
        """Let a title, whose mark goes on to `end`, be a line of its own before the prose in the next line."""
        if self.source[title_end:end].strip():
            self.blank(title_end, end)
            return
        while self.source[title_end - 1] in " \t":
            title_end -= 1
        if gap := _TO_PROSE.match(self.source, title_end):
            length = gap.end() - title_end
            hard_break = {1: EDGE, 2: "\\\n"}.get(length) or " " * (length - 1) + "\n"
            self.edits.append((title_end, gap.end(), hard_break))

    def written_over(self) -> str:
        """Return the text with all edits made; where two overlap the first one counts."""
        pieces: list[str] = []
        done = 0
        for start, end, fill in sorted(self.edits):
            if end > done:
                start = max(start, done)
                pieces += self.source[done:start], fill[len(fill) - (end - start) :]
                done = end
        return "".join(pieces) + self.source[done:]
