"""The formats in which a source may hold articles: one entry each, found by the end of an object's key.

A new format is a reader in a module of its own and an entry here (docs/extend.md shows one). The table of formats in
docs/sources.md is written from these entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ownvoice.articles.article import ReadResult
from ownvoice.articles.formats import parquet_budget
from ownvoice.articles.formats.book import MAX_LITERAL_CHARS
from ownvoice.articles.formats.budget import MAX_ARTICLE_BYTES, MAX_TEXT_BYTES
from ownvoice.articles.formats.exports.archive import MAX_MEMBERS
from ownvoice.articles.formats.exports.book_package import MAX_DOCUMENTS
from ownvoice.articles.formats.exports.docx import MAX_DOCX_ELEMENTS, MAX_PART_BYTES, read_docx
from ownvoice.articles.formats.exports.epub import read_epub
from ownvoice.articles.formats.exports.mbox import read_mbox
from ownvoice.articles.formats.exports.xml import read_xml
from ownvoice.articles.formats.exports.xml_items import MAX_ITEM_CHARS
from ownvoice.articles.formats.exports.zip import read_zip
from ownvoice.articles.formats.html import MAX_PAGE_BYTES, read_html
from ownvoice.articles.formats.json import read_json, read_json_lines
from ownvoice.articles.formats.json_values import MAX_VALUES
from ownvoice.articles.formats.opened import OpenedObject
from ownvoice.articles.formats.parquet import read_parquet
from ownvoice.articles.formats.text import read_text
from ownvoice.articles.formats.unpack import without_packing
from ownvoice.config.source_rules import SourceRules

_TEXT_BOUND = f"a text: {MAX_TEXT_BYTES >> 20} MiB"

_BODY_BOUND = f"a body: {MAX_PAGE_BYTES >> 20} MiB"

Reader = Callable[[OpenedObject, SourceRules], Iterator[ReadResult]]
"""Yields the articles of an object, and a `Quarantined` for each that cannot be read.

It may raise `UnreadableError` where the object as a whole, or the rest of it, cannot be read.
"""


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which an object holds articles.

    `suffixes` are the ends of its keys, in lower case. `examples` maps what an object may hold to an example of it,
    and `bounds` says how large it may be; both are for docs/sources.md. `one_article` is for formats with one article
    an object: a `.json` beside it is its sidecar, and no object with articles of its own.
    """

    suffixes: tuple[str, ...]
    read: Reader
    examples: Mapping[str, str]
    one_article: bool = False
    bounds: str = f"{MAX_ARTICLE_BYTES >> 20} MiB; {_TEXT_BOUND}"


FORMATS: tuple[Format, ...] = (
    Format(
        (".md", ".markdown", ".txt"),
        read_text,
        {
            "one article, with front matter if it has any": r"---\nid: a7\nauthor_id: jane\n---\n# On waiting\n\nText.",
        },
        one_article=True,
    ),
    Format(
        (".html", ".htm", ".xhtml"),
        read_html,
        {
            "one article: the page's main text": '<html lang="en"><title>On waiting</title><body><article><p>Text.</p>'
            "</article></body></html>",
        },
        one_article=True,
        bounds=f"{MAX_PAGE_BYTES >> 20} MiB",
    ),
    Format(
        (".jsonl", ".ndjson"),
        read_json_lines,
        {"an article a line": '{"id": "a7", "author_id": "jane", "content": "Text."}'},
        bounds=f"a line: {MAX_ARTICLE_BYTES >> 20} MiB and {MAX_VALUES:,} values; {_TEXT_BOUND}",
    ),
    Format(
        (".json",),
        read_json,
        {
            "one article, or a list of them": '[{"id": "a7", "content": "Text."}]',
            "the raw documents of the LLM Engineer's Handbook": '{"artifact_data": [{"id": "a7", "content": '
            '{"Title": "On waiting", "Content": "Text."}}]}',
            "Ghost: the posts of an export": '{"meta": {}, "data": {"posts": [{"uuid": "a7", "status": "published", '
            '"html": "<p>Text.</p>"}]}}',
        },
        bounds=f"{MAX_ARTICLE_BYTES >> 20} MiB and {MAX_VALUES:,} values; of a literal of Python "
        f"{MAX_LITERAL_CHARS:,} characters beside its strings; {_TEXT_BOUND}",
    ),
    Format(
        (".parquet",),
        read_parquet,
        {"an article a row, in columns of these names; dots lead into structs": "id, author_id, content"},
        bounds=f"{_TEXT_BOUND}; {parquet_budget.BOUNDS}",
    ),
    Format(
        (".xml", ".rss", ".atom", ".rdf"),
        read_xml,
        {
            "WordPress: the posts of an export (WXR)": '<rss xmlns:wp="http://wordpress.org/export/1.2/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><guid>a7</guid>'
            "<content:encoded>Text.</content:encoded><wp:status>publish</wp:status></item></channel></rss>",
            "a feed: the entries with whole texts (RSS, Atom)": '<feed xmlns="http://www.w3.org/2005/Atom"><entry>'
            "<id>a7</id><content>Text.</content></entry></feed>",
        },
        bounds=f"an item: {MAX_ITEM_CHARS >> 20} Mi characters; {_BODY_BOUND}",
    ),
    Format(
        (".zip",),
        read_zip,
        {
            "Substack: the posts of an export": "posts.csv, posts/17.on-waiting.html",
            "Medium: the stories of an export": "posts/2026-03-01_On-waiting-0123456789ab.html",
            "any of `.xml`, `.atom`, `.mbox`, as WordPress.com and Google pack them": "blog.xml",
        },
        bounds=f"{MAX_MEMBERS:,} members; {_BODY_BOUND}",
    ),
    Format(
        (".epub",),
        read_epub,
        {"a book: an article a chapter": "META-INF/container.xml, package.opf, one.xhtml"},
        bounds=f"{MAX_DOCUMENTS:,} chapters; a chapter: {MAX_PAGE_BYTES >> 20} MiB",
    ),
    Format(
        (".docx", ".docm"),
        read_docx,
        {"one article: a document of Word": "word/document.xml"},
        one_article=True,
        bounds=f"a part: {MAX_PART_BYTES >> 20} MiB; {MAX_DOCX_ELEMENTS:,} elements",
    ),
    Format(
        (".mbox",),
        read_mbox,
        {
            "the author's own mails": r"From ada@example.org Sun Mar  1 12:00:00 2026\nFrom: ada@example.org\n"
            r"Message-ID: <a7>\n\nText.",
        },
        bounds=f"a mail: {MAX_ARTICLE_BYTES >> 20} MiB; {_TEXT_BOUND}",
    ),
)


def format_of(key: str) -> Format | None:
    """Return the format of the object `key`; None where the source is to pass it over."""
    name = without_packing(key)
    return next((one for one in FORMATS if name.endswith(one.suffixes)), None)


def stem_of(key: str) -> str:
    """Return `key` without the suffixes of its format and packing: `a` for `a.md.gz`, whose sidecar may be `a.json`."""
    name = without_packing(key)
    suffix = next((suffix for one in FORMATS for suffix in one.suffixes if name.endswith(suffix)), "")
    return key[: len(name) - len(suffix) - len(key.lower())]
