"""Articles as HTML pages: the main text of each, as Markdown.

That text is the article's content from here on: it is stored as the original, and spans count in it. So a chosen answer
is verbatim in that text, not in the tags of the page (docs/decisions/0024).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from ownvoice.articles.article import ReadResult, Reason, UnreadableError
from ownvoice.articles.formats.fields import make_article
from ownvoice.articles.formats.front_matter import split_front_matter
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.articles.formats.page.encoding import decoded_page
from ownvoice.articles.formats.page.footnotes import find_footnotes
from ownvoice.articles.formats.page.main_text import find_main_text
from ownvoice.articles.formats.page.markdown import as_markdown
from ownvoice.articles.formats.page.metadata import page_fields
from ownvoice.articles.formats.page.survival import check_survival
from ownvoice.articles.formats.page.tree import no_main_text, parsed
from ownvoice.config.source_rules import SourceRules

MAX_PAGE_BYTES = 5 << 20
"""The chapter of a handbook has a tenth of it."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The main text of a page as Markdown, and what the page says of itself."""

    content: str
    metadata: list[Fields]


def read_html(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the main text of a page. The fields of its front matter come first, then a sidecar's, then its metadata."""
    page = decoded_page(opened.read_whole("cut it into articles", MAX_PAGE_BYTES))
    front_matter, page = split_front_matter(page, rules)
    found = page_text(page)
    yield make_article(opened.key, found.content, [*front_matter, *opened.sidecars, *found.metadata], rules)


def page_text(page: str) -> PageText:
    """Return the main text of a page. Raises `UnreadableError` without any, and where words would be lost."""
    elements = parsed(page)
    root, footnotes = elements[0], find_footnotes(elements)
    main = find_main_text(root, footnotes)
    metadata = page_fields(root, main)
    content, added = as_markdown(main, footnotes, metadata[0]["language"] or "")
    if not content:
        raise no_main_text()
    check_survival(page, root, main, content, added)
    return PageText(content, metadata)


def body_page(body: str, language: str = "") -> PageText:
    """Return the text of a piece of HTML that is an article's body and nothing else, as exports hold it.

    Raises `UnreadableError` as `page_text` does, and where it is larger than a page may be.
    """
    if len(body) > MAX_PAGE_BYTES or len(body.encode(errors="replace")) > MAX_PAGE_BYTES:
        raise UnreadableError(Reason.TOO_LARGE, f"its body is larger than {MAX_PAGE_BYTES:,} bytes")
    lang = f' lang="{escape(language)}"' if language else ""
    return page_text(f"<html{lang}><body><article>{body}</article></body></html>")
