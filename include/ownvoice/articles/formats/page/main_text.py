"""Which elements of a page are its main text: those of one element that holds nearly all of its prose.

Prose are the letters and digits outside links. Navigation, page headers and footers, forms, scripts and what is named a
sidebar or comments are left out first, and so is every block that is a menu: little in it but links.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ownvoice.articles.formats.page.footnotes import Footnotes
from ownvoice.articles.formats.page.tree import (
    BLOCKS,
    TABLE_PARTS,
    Element,
    holders_of,
    is_named_otherwise,
    is_never_text,
    names_of,
    no_main_text,
)

MIN_SHARE = 0.9
"""An element that calls itself the article must hold this share of the page's prose. Else the whole body is read."""

MIN_PROSE_SHARE = 0.2
"""A block of three links or more is a menu if this share of its letters, or less, is prose. A page of menus is none."""

_LINKS_OF_A_MENU = 3
_FEW_LETTERS = 100  # beside menus: they may name the page, or say where its reader is
_BETWEEN_CELLS = TABLE_PARTS - {"caption", "td", "th"}
_NO_TABLE_PARTS = BLOCKS - TABLE_PARTS | {"table"}
_MAY_BE_MENUS = BLOCKS - {"html", "body", "thead", "tbody", "tfoot", "tr"}
_ARTICLE_NAMES = frozenset(
    {"post-content", "entry-content", "article-content", "post-body", "entry-body", "article-body", "markdown-body"}
)


@dataclass(slots=True)
class Measure:
    """Letters and digits of an element, how many of them are in links, and how many links there are."""

    letters: int = 0
    linked: int = 0
    links: int = 0

    @property
    def prose(self) -> int:
        """Letters and digits outside links."""
        return self.letters - self.linked

    @property
    def is_menu(self) -> bool:
        """Whether there is little but links."""
        return self.links >= _LINKS_OF_A_MENU and self.prose < MIN_PROSE_SHARE * self.letters

    def add(self, other: Measure) -> None:
        """Count what another element holds as well."""
        self.letters += other.letters
        self.linked += other.linked
        self.links += other.links


@dataclass(slots=True)
class MainText:
    """The element with the main text, the elements in it that are left out, and the tables that are a layout."""

    element: Element
    left_out: set[Element]
    layout_tables: set[Element]


def find_main_text(root: Element, footnotes: Footnotes) -> MainText:
    """Return the main text of a page. Raises `UnreadableError` for a page that has none."""
    measuring = _Measuring(root, footnotes)
    whole = measuring.run()
    letters = whole.letters + (measuring.in_menus if whole.prose < _FEW_LETTERS else 0)
    if not whole.prose or whole.prose < MIN_PROSE_SHARE * letters:
        raise no_main_text()
    enough = [element for element, own in measuring.measured if own.prose >= MIN_SHARE * whole.prose]
    named = (element for is_one in _CALLED_MAIN for element in enough if is_one(element))
    return MainText(next(named, root), measuring.left_out, measuring.layout_tables)


def _is_article(element: Element) -> bool:
    return bool(element.tag == "article")


def _is_body_of_article(element: Element) -> bool:
    return "articleBody" in (element.get("itemprop") or "")


def _is_main(element: Element) -> bool:
    return "main" in (element.tag, element.get("role"))


def _is_named_article(element: Element) -> bool:
    return not _ARTICLE_NAMES.isdisjoint(names_of(element))


_CALLED_MAIN = (_is_article, _is_body_of_article, _is_main, _is_named_article)


class _Measuring:
    """One walk over a tree: measures every element, and notes what is left out of it."""

    def __init__(self, root: Element, footnotes: Footnotes) -> None:
        self.root, self.footnotes = root, footnotes
        self.holders_of_footnotes = footnotes.holders()
        self.kept = holders_of(root.iter("main", "h1")) | self.holders_of_footnotes
        self.left_out: set[Element] = set()
        self.layout_tables: set[Element] = set()
        self.measured: list[tuple[Element, Measure]] = []
        self.around: list[tuple[Element, Measure]] = []
        self.tables: list[Element] = []
        self.articles = self.quotes = 0  # that the walk is in
        self.in_menus = 0  # letters

    def run(self) -> Measure:
        """Walk, and return the measure of the whole page."""
        whole = Measure()
        walk = etree.iterwalk(self.root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                self.enter(element)
                if element in self.left_out:
                    walk.skip_subtree()
            else:
                self.leave(element, self.around[-2][1] if len(self.around) > 1 else whole)
        return whole

    def enter(self, element: Element) -> None:
        if self.is_left_out(element):
            self.left_out.add(element)
        self.count(element, 1)
        self.around.append((element, Measure(letters=_letters(element.text))))
        if self.tables and element.tag in _NO_TABLE_PARTS:
            self.layout_tables.add(self.tables[-1])
        if element.tag == "table":
            self.tables.append(element)
        self.note_loose(element.text)

    def leave(self, element: Element, parent: Measure) -> None:
        _, own = self.around.pop()
        self.count(element, -1)
        if element.tag == "table":
            self.tables.pop()
        if element.tag == "a" and element not in self.footnotes.marks:
            own.linked, own.links = own.letters, 1
        elif own.is_menu and element.tag in _MAY_BE_MENUS and element not in self.kept:
            self.left_out.add(element)
            self.in_menus += own.letters
        if element not in self.left_out:
            parent.add(own)
            self.measured.append((element, own))
        parent.letters += _letters(element.tail)
        self.note_loose(element.tail)

    def note_loose(self, text: str | None) -> None:
        """Take a table with text between its cells for a layout: it would be lost."""
        if self.tables and self.around[-1][0].tag in _BETWEEN_CELLS and text and text.strip():
            self.layout_tables.add(self.tables[-1])

    def count(self, element: Element, step: int) -> None:
        if element.tag in ("article", "main", "section"):
            self.articles += step
        elif element.tag in ("blockquote", "figure"):
            self.quotes += step

    def is_left_out(self, element: Element) -> bool:
        if element in self.footnotes.links_back or is_never_text(element):
            return True
        if element.tag in ("header", "aside") or element.get("role") == "complementary":
            return not self.articles
        if element.tag == "footer":
            return not self.quotes and element not in self.holders_of_footnotes
        return is_named_otherwise(element) and element not in self.kept


def _letters(text: str | None) -> int:
    return sum(map(str.isalnum, text)) if text else 0
