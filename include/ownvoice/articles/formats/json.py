"""Articles as JSON: one a line, one an object, a list of them, or the LLM Engineer's Handbook's `artifact_data`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from ownvoice.articles.article import Article, PassedOver, ReadResult, Reason, UnreadableError, quarantining
from ownvoice.articles.formats.book import book_content
from ownvoice.articles.formats.budget import MAX_ARTICLE_BYTES
from ownvoice.articles.formats.exports.ghost import blog_in, read_ghost
from ownvoice.articles.formats.fields import content_of, make_article
from ownvoice.articles.formats.json_values import load_json
from ownvoice.articles.formats.opened import Fields, OpenedObject, decoded
from ownvoice.config.source_rules import SourceRules


def read_json(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of one JSON document, which is held in memory whole.

    What stands beside `artifact_data` is said of all its articles. An export of Ghost is told by its shape.
    """
    document = load_json(decoded(opened.read_whole("write JSON Lines instead, which is read line by line")))
    if blog := blog_in(document):
        yield from read_ghost(opened.key, blog, opened.sidecars, rules)
        return
    whole = document if isinstance(document, dict) and "artifact_data" in document else {}
    items = whole["artifact_data"] if whole else document
    if isinstance(items, dict):
        yield _article(opened.key, items, opened.sidecars, [whole], rules)
    elif isinstance(items, list):
        for index, item in enumerate(items):
            yield _article(f"{opened.key}#{index}", item, [], [*opened.sidecars, whole], rules)
    else:
        raise UnreadableError(Reason.WRONG_SHAPE, f"expected an object or a list, found {type(items).__name__}")


def read_json_lines(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of a file with one JSON object a line; one line is held in memory at a time."""
    for number, line in enumerate(_lines(opened.file)):
        if line is None or line.strip():
            yield _article_of_line(f"{opened.key}#{number}", line, opened.sidecars, rules)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield the lines, and None in the place of one that is too long to hold."""
    while line := file.readline(MAX_ARTICLE_BYTES):
        if len(line) < MAX_ARTICLE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_ARTICLE_BYTES)
        yield None


@quarantining
def _article_of_line(
    key: str, line: bytes | None, beside: Sequence[Fields], rules: SourceRules
) -> Article | PassedOver:
    if line is None:
        raise UnreadableError(Reason.TOO_LARGE, f"the line is longer than {MAX_ARTICLE_BYTES:,} bytes")
    return _made(key, load_json(decoded(line)), [], beside, rules)


def _made(
    key: str, item: Any, sidecars: Sequence[Fields], beside: Sequence[Fields], rules: SourceRules
) -> Article | PassedOver:
    if not isinstance(item, dict):
        raise UnreadableError(Reason.WRONG_SHAPE, f"expected an object, found {type(item).__name__}")
    content = book_content(content_of(item, rules))
    return make_article(key, content.text, [content.own, item, content.whole, *sidecars], rules, beside)


_article = quarantining(_made)
