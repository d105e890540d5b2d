"""Articles as JSON: one a line, one an object, a list of them, or the LLM Engineer's Handbook's `artifact_data`."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from ownvoice.articles.article import Article, PassedOver, ReadResult, Reason, UnreadableError, quarantining
from ownvoice.articles.formats.fields import content_of, make_article
from ownvoice.articles.formats.opened import OpenedObject, decoded
from ownvoice.articles.formats.unpack import MAX_ARTICLE_BYTES
from ownvoice.config.source_rules import SourceRules


def read_json(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of one JSON document, which is held in memory whole."""
    document = _loaded(opened.read_whole("write JSON Lines instead, which is read line by line"))
    items = document.get("artifact_data", document) if isinstance(document, dict) else document
    if isinstance(items, dict):
        yield _article(opened.key, items, rules)
    elif isinstance(items, list):
        for index, item in enumerate(items):
            yield _article(f"{opened.key}#{index}", item, rules)
    else:
        raise UnreadableError(Reason.WRONG_SHAPE, f"expected an object or a list, found {type(document).__name__}")


def read_json_lines(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the articles of a file with one JSON object a line; one line is held in memory at a time."""
    for number, line in enumerate(_lines(opened.file)):
        if line is None or line.strip():
            yield _article_of_line(f"{opened.key}#{number}", line, rules)


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
def _article_of_line(key: str, line: bytes | None, rules: SourceRules) -> Article | PassedOver:
    if line is None:
        raise UnreadableError(Reason.TOO_LARGE, f"the line is longer than {MAX_ARTICLE_BYTES:,} bytes")
    return _made(key, _loaded(line), rules)


@quarantining
def _article(key: str, item: Any, rules: SourceRules) -> Article | PassedOver:
    return _made(key, item, rules)


def _made(key: str, item: Any, rules: SourceRules) -> Article | PassedOver:
    if not isinstance(item, dict):
        raise UnreadableError(Reason.WRONG_SHAPE, f"expected an object, found {type(item).__name__}")
    inner = _book_content(content_of(item, rules))
    return make_article(key, inner["content"], [inner, item], rules)


def _book_content(content: Any) -> dict[str, Any]:
    """Return content, title and language of a content field in one of the book's three spellings.

    These are plain text, an object (Title, Subtitle, Content, language), or such an object written as text, in JSON or
    as a Python literal.
    """
    if isinstance(content, str) and content.lstrip().startswith("{") and "Content" in content:
        content = _dict_in(content) or content
    if not isinstance(content, dict):
        return {"content": content}
    if content.get("Content") is None:
        raise UnreadableError(
            Reason.MISSING_FIELD, "its content is an object without 'Content'; lead into it with dots"
        )
    return {"content": content["Content"], "title": content.get("Title"), "language": content.get("language")}


def _dict_in(text: str) -> dict[str, Any] | None:
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, dict) and "Content" in found:
            return found
    return None


def _loaded(data: bytes) -> Any:
    try:
        return json.loads(decoded(data))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(Reason.BAD_JSON, str(error)[:200]) from None
