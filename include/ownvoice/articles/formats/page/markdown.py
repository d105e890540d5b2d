"""The main text of a page as Markdown: every word of it, in order, and every character that is no markup escaped.

Kept are paragraphs, headings, list items, block quotes, tables, code blocks, line breaks and footnotes. Emphasis and
links are not: what they mark are the same words, and a mark beside a letter or digit can be read in two ways.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from ownvoice.articles.formats.page.escape import FOOTNOTE, escaped_heading, escaped_lines
from ownvoice.articles.formats.page.footnotes import Footnotes
from ownvoice.articles.formats.page.literal import PREFORMATTED, fenced, pipe_table, rows_of
from ownvoice.articles.formats.page.main_text import MainText
from ownvoice.articles.formats.page.quotation import quotation_marks
from ownvoice.articles.formats.page.tree import BLOCKS, HEADINGS, SOFT_HYPHEN, Element, shown_text

_MAX_QUOTES = 3  # block quotes in block quotes; more say nothing
_BLANKS = re.compile(r"[ \t\r\f\n]+")  # a no-break space is no blank: it is what its author typed
_EDGES = " \n\xa0"  # of a block, where a no-break space keeps nothing together
_BLANKS_BUT_BREAKS = re.compile(r"[ \t\r\f]+")
_AROUND_BREAK = re.compile(r" *\n *")
_NO_PARAGRAPH = re.compile(r"\n{2,}")
_REFERENCE = re.compile(r"&(lt|amp);")


def as_markdown(main: MainText, footnotes: Footnotes, language: str) -> tuple[str, Counter[str]]:
    """Return the main text as Markdown, and the characters in it that the page shows and does not hold."""
    writer = _Writer(main, footnotes, language)
    walk = etree.iterwalk(main.element, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            writer.leave(element)
        elif not writer.enter(element):
            walk.skip_subtree()
    writer.end_block()
    return "\n".join(writer.lines).strip("\n"), writer.added


class _Writer:
    """What is written so far: whole `lines`, and the `inline` text of the block that is still open."""

    def __init__(self, main: MainText, footnotes: Footnotes, language: str) -> None:
        self.main, self.footnotes, self.language = main, footnotes, language
        self.lines: list[str] = []
        self.literal: set[Element] = set()
        self.added: Counter[str] = Counter()
        self.inline: list[str] = []
        self.marker = ""  # of the next block
        self.follows_item, self.quotes_before = False, 0
        self.numbers: list[int | None] = []  # of the next item in each list around; None where a list has none
        self.quotes = self.q_marks = self.preformatted = 0  # that are around

    def enter(self, element: Element) -> bool:
        """Write what an element begins with; return whether to walk through its content."""
        if element in self.main.left_out:
            return False
        if element in self.footnotes.marks:
            self.inline.append(f"{FOOTNOTE}{self.footnotes.marks[element]}{FOOTNOTE}")
            return False
        if element.tag == "br":
            self.inline.append("\n")
        elif element.tag == "q":
            self.quotation_mark(self.q_marks, 0)
            self.q_marks += 1
        elif element.tag in BLOCKS:
            self.end_block()
            if self.is_literal(element):
                self.literal.add(element)
                return False
            self.begin_block(element)
        self.text(element.text)
        return True

    def leave(self, element: Element) -> None:
        """Write what an element ends with, and the text after it."""
        if element in self.main.left_out or element in self.literal:
            pass
        elif element.tag in BLOCKS:
            self.end_block(HEADINGS.get(element.tag, 0))
            self.after_block(element)
        elif element.tag == "q":
            self.q_marks -= 1
            self.quotation_mark(self.q_marks, 1)
        if element is not self.main.element:
            self.text(element.tail)

    def text(self, text: str | None) -> None:
        """Add text to the open block, its white space as a browser shows it."""
        if text:
            blanks = _BLANKS_BUT_BREAKS if self.preformatted else _BLANKS
            self.inline.append(blanks.sub(" ", text.replace(SOFT_HYPHEN, "")))

    def quotation_mark(self, depth: int, side: int) -> None:
        """Add the mark that a browser shows for a `q`."""
        mark = quotation_marks(self.language, depth)[side]
        self.added.update(mark)
        self.inline.append(mark)

    def is_literal(self, element: Element) -> bool:
        """Write an element whole if it is code or a table of data; return whether it was."""
        lines = fenced(element, self.main.left_out)
        if element.tag == "table" and element not in self.main.layout_tables:
            lines = self.counted(pipe_table(rows_of(element, self.main.left_out)))
            for caption in element.iter("caption") if lines else ():
                self.text(shown_text(caption, self.main.left_out))
                self.end_block()
        if lines:
            self.write(lines)
        return bool(lines)

    def begin_block(self, element: Element) -> None:
        """Note what a block means for the text in it."""
        if element.tag in ("ul", "ol", "menu", "dir"):
            self.numbers.append(_number(element, "start", 1) if element.tag == "ol" else None)
        elif element.tag == "li":
            self.marker = self.item_marker(element)
        elif element.tag == "blockquote":
            self.quotes += 1
        elif element.tag in PREFORMATTED:
            self.preformatted += 1
        elif element.tag == "hr":
            self.write(["***"])
        if element in self.footnotes.definitions:
            self.marker = f"[^{self.footnotes.definitions[element]}]: "

    def after_block(self, element: Element) -> None:
        """Forget what a block meant."""
        if element.tag in ("ul", "ol", "menu", "dir"):
            self.numbers.pop()
        elif element.tag == "blockquote":
            self.quotes -= 1
        elif element.tag in PREFORMATTED:
            self.preformatted -= 1
        if element.tag == "li" or element in self.footnotes.definitions:
            self.marker = ""

    def item_marker(self, item: Element) -> str:
        """Return the mark of a list item, a number of at most three digits or a hyphen."""
        number = _number(item, "value", self.numbers[-1]) if self.numbers and self.numbers[-1] is not None else None
        if number is None or not 0 <= number <= 999:
            return "- "
        self.numbers[-1] = number + 1
        return f"{number}. "

    def end_block(self, level: int = 0) -> None:
        """Write the open block, as one heading of a `level` or as paragraphs, if there is text in it."""
        text = _AROUND_BREAK.sub("\n", _BLANKS_BUT_BREAKS.sub(" ", "".join(self.inline))).strip(_EDGES)
        self.inline.clear()
        if not text:
            return
        if level:
            self.write(self.counted([f"{'#' * level} {escaped_heading(_BLANKS.sub(' ', text))}"]))
            return
        for paragraph in _NO_PARAGRAPH.split(text):
            self.write(self.counted(escaped_lines(paragraph)))

    def counted(self, lines: list[str]) -> list[str]:
        """Return the lines; the letters of their character references are added ones."""
        for line in lines:
            self.added.update("".join(_REFERENCE.findall(line)))
        return lines

    def write(self, lines: list[str]) -> None:
        """Write the lines of one block, with the marks of what it stands in."""
        quotes, marker = min(self.quotes, _MAX_QUOTES), self.marker
        prefix = "> " * quotes
        is_item = bool(marker) and not marker.startswith("[^")
        if self.lines and not (is_item and self.follows_item):
            self.lines.append(("> " * min(quotes, self.quotes_before)).rstrip())
        self.lines += [prefix + marker + lines[0], *(prefix + line for line in lines[1:])]
        self.added.update(marker)
        self.marker, self.follows_item, self.quotes_before = "", is_item, quotes


def _number(element: Element, name: str, default: int | None) -> int | None:
    value = (element.get(name) or "").strip()
    return int(value) if value.isdecimal() and len(value) < 9 else default
