"""The chapters of an EPUB: each document of its text is an article, but for covers, contents and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ownvoice.articles.article import Article, PassedOver, ReadResult, Reason, UnreadableError, quarantining
from ownvoice.articles.formats.exports.archive import Archive, open_archive
from ownvoice.articles.formats.exports.book_package import BESIDE, Package, Part, read_package
from ownvoice.articles.formats.exports.entry import WITHOUT_TEXT
from ownvoice.articles.formats.fields import make_article
from ownvoice.articles.formats.html import MAX_PAGE_BYTES, page_text
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.articles.formats.page.encoding import decoded_page
from ownvoice.config.source_rules import SourceRules

# The words of EPUB's structural semantics and of OPF's guide for what is no chapter of its author's.
_WORDS = (
    "cover title-page titlepage halftitlepage half-title toc loi lot loa landmarks page-list copyright-page copyright"
    " nav contents imprint imprimatur colophon index glossary bibliography dedication epigraph acknowledgements"
    " acknowledgments endnotes rearnotes footnotes notes other-credits contributors seriespage errata"
)
_NO_CHAPTER = frozenset(_WORDS.split())
_SAID_BY_A_NAME = re.compile(
    r"(?:.*[/_.-])?(cover|title-?page|half-?title|toc|contents|nav|copyright|imprint|colophon|index|dedication)"
    r"(?:[_-]?(?:page|\d+))?\.x?html?",
    re.IGNORECASE,
)
_PIECE = re.compile(r"<!--.*?-->|<[^>]*>|(?P<text>[^<]*[^<\s][^<]*)", re.DOTALL)
_TYPES = re.compile(r"""<[^>]*?\bepub:type\s*=\s*["']([^"']{1,200})["']""", re.IGNORECASE)
_DIVISIONS = frozenset({"frontmatter", "bodymatter", "backmatter"})
_HEAD_CHARS = 4_000  # of its body, where a document says what it is


def read_epub(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the chapters of a book; a broken one costs only itself."""
    with open_archive(opened) as archive:
        package = read_package(archive)
        if not package.parts:
            raise UnreadableError(Reason.WRONG_SHAPE, "the package of the book names no text; its spine is empty")
        for part in package.parts:
            yield _chapter(f"{opened.key}#{part.href}", archive, package, part, opened.sidecars, rules)


@quarantining
def _chapter(
    key: str, archive: Archive, package: Package, part: Part, beside: Sequence[Fields], rules: SourceRules
) -> Article | PassedOver:
    chapter_id = f"{package.identifier}#{part.href}" if package.identifier else None
    page = decoded_page(archive.read(part.name, MAX_PAGE_BYTES))
    if kind := _kind(part, page):
        return PassedOver(key, kind, chapter_id)
    try:
        found = page_text(page)
    except UnreadableError as error:
        if error.reason is not Reason.NO_MAIN_TEXT:
            raise
        return PassedOver(key, WITHOUT_TEXT, chapter_id)
    own = {"id": chapter_id, "title": found.metadata[0]["title"]}
    return make_article(key, found.content, [own, *found.metadata], rules, [package.fields, *beside])


def _kind(part: Part, page: str) -> str:
    """Return what a document is where it is no chapter: as the package, its own markup or its name says."""
    if part.kind == BESIDE:
        return BESIDE
    words = [part.kind, _type_around_all(page)]
    if found := _SAID_BY_A_NAME.fullmatch(part.href):
        words.append(found[1])
    return next((word.lower() for word in words if word.lower() in _NO_CHAPTER), "")


def _type_around_all(page: str) -> str:
    """Return the first word of what marks a document before its first text; notes and mottoes inside it mark less."""
    start = max(page.find("<body"), 0)
    for piece in _PIECE.finditer(page, start, start + _HEAD_CHARS):
        if piece["text"]:
            break
        words = found[1].lower().split() if (found := _TYPES.match(piece[0])) else []
        if told := [word for word in words if word not in _DIVISIONS]:
            return next((word for word in told if word in _NO_CHAPTER), told[0])
    return ""
