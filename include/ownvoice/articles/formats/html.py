"""Articles as HTML pages: the main text of each, extracted by trafilatura as Markdown.

The extracted text is the article's content from here on: it is stored as the original, and spans count in it. So a
chosen answer is verbatim in that text, not in the tags of the page (docs/decisions/0012).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from ownvoice.articles.article import ReadResult, Reason, UnreadableError
from ownvoice.articles.formats.fields import make_article
from ownvoice.articles.formats.front_matter import split_front_matter
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.config.source_rules import SourceRules

MAX_PAGE_BYTES = 5 << 20  # trafilatura needs seconds for a megabyte; a chapter of a handbook has half of one
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_LANGUAGE = re.compile(r"""<html\b[^>]*\blang\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_HEAD_CHARS = 4096


def read_html(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the main text of a page. The fields of its front matter come first, then a sidecar's, then its metadata."""
    page = _decoded(opened.read_whole("cut it into articles", MAX_PAGE_BYTES))
    fields, page = split_front_matter(page, rules)
    text, metadata = _main_text(_whole_page(page))
    if not text.strip():
        raise UnreadableError(Reason.NO_MAIN_TEXT, "the page has no main text: only navigation, scripts or pictures")
    yield make_article(opened.key, text, [*fields, *opened.sidecars, metadata], rules)


def _whole_page(page: str) -> str:
    """Wrap a fragment, as some blogs export them, into a page: trafilatura reads whole pages only."""
    return page if "<html" in page[:_HEAD_CHARS].lower() else f"<html><body>{page}</body></html>"


def _main_text(page: str) -> tuple[str, Fields]:
    """Return the main text as Markdown, and the fields that the page's metadata holds."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # the reason of the quarantine tells it already
    try:
        text = trafilatura.extract(page, output_format="markdown", include_comments=False)
        found = trafilatura.extract_metadata(page)
    except Exception as error:  # the parsers below raise errors of many kinds for a page that is broken
        raise UnreadableError(Reason.NO_MAIN_TEXT, f"no parser can read the page: {str(error)[:200]}") from None
    language = _LANGUAGE.search(page[:_HEAD_CHARS])
    fields = {"title": found.title, "author_id": found.author, "licence": found.license} if found else {}
    return text or "", fields | {"language": language and language[1]}


def _decoded(data: bytes) -> str:
    """Decode a page by the encoding that it declares, else UTF-8: a wrong guess would change an author's words."""
    declared = _CHARSET.search(data[:_HEAD_CHARS])
    encoding = declared[1].decode("ascii") if declared else "utf-8-sig"
    try:
        return data.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableError(
            Reason.NOT_UTF8, f"it is not in {encoding}, which it declares or should be in: {str(error)[:120]}"
        ) from None
