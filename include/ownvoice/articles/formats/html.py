"""Articles as HTML exports: the main text, taken out by trafilatura as Markdown.

What is taken out is the article's own content from here on: it is kept as the original, and spans count in it. So a
chosen answer is verbatim in that text, and not in the tags of the page (docs/decisions/0012).
"""

from __future__ import annotations

import logging
import re
from typing import BinaryIO

from ownvoice.articles.article import Article, Reason, UnreadableError
from ownvoice.articles.formats.fields import Fields, make_article
from ownvoice.articles.formats.text import read_whole
from ownvoice.config.source_rules import SourceRules

MAX_PAGE_BYTES = 5 << 20  # trafilatura needs seconds for a megabyte; a chapter of a handbook has half of one
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_LANGUAGE = re.compile(r"""<html\b[^>]*\blang\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_HEAD_CHARS = 4096


def read_html(key: str, file: BinaryIO, sidecar: Fields, rules: SourceRules) -> Article:
    """Return the main text of a page; what a sidecar says of it comes before what the page says of itself."""
    page = _whole_page(_decoded(read_whole(file, "cut it into articles", MAX_PAGE_BYTES)))
    text, said = _main_text(page)
    if not text.strip():
        raise UnreadableError(Reason.NO_MAIN_TEXT, "the page has no main text: only navigation, scripts or pictures")
    return make_article(key, text, [sidecar, said], rules)


def _whole_page(page: str) -> str:
    """Put a page around a fragment, as some blogs export them; trafilatura takes nothing less."""
    return page if "<html" in page[:_HEAD_CHARS].lower() else f"<html><body>{page}</body></html>"


def _main_text(page: str) -> tuple[str, Fields]:
    """Return the main text as Markdown, and what the page says of itself."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says of a page, its quarantine says
    try:
        text = trafilatura.extract(page, output_format="markdown", include_comments=False)
        found = trafilatura.extract_metadata(page)
    except Exception as error:  # whatever parsers make of a page that is none, it is the page's fault
        raise UnreadableError(Reason.NO_MAIN_TEXT, f"no parser can read the page: {str(error)[:200]}") from None
    language = _LANGUAGE.search(page[:_HEAD_CHARS])
    said = {"title": found.title, "author_id": found.author, "licence": found.license} if found else {}
    return text or "", said | {"language": language and language[1]}


def _decoded(data: bytes) -> str:
    """Decode a page by what it declares; nothing is guessed, since a wrong guess would change an author's words."""
    declared = _CHARSET.search(data[:_HEAD_CHARS])
    encoding = declared[1].decode("ascii") if declared else "utf-8-sig"
    try:
        return data.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableError(
            Reason.NOT_UTF8, f"it is not in {encoding}, which it declares or should be in: {str(error)[:120]}"
        ) from None
