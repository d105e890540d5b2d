"""Articles as JSON: one a line, one an object, a list of them, or the LLM Engineer's Handbook's `artifact_data`."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from ownvoice.articles.article import Article, Quarantined, Reason, UnreadableError
from ownvoice.articles.formats.fields import content_of, make_article
from ownvoice.articles.formats.text import decoded, read_whole
from ownvoice.articles.formats.unpack import MAX_ARTICLE_BYTES
from ownvoice.config.source_rules import SourceRules


def read_json(key: str, file: BinaryIO, rules: SourceRules) -> Iterator[Article | Quarantined]:
    """Yield the articles of one JSON document, which is held whole."""
    document = _loaded(read_whole(file, "write JSON Lines instead, which is read line by line"))
    items = document.get("artifact_data", document) if isinstance(document, dict) else document
    if isinstance(items, dict):
        yield _article(key, items, rules)
    elif isinstance(items, list):
        yield from _articles(((f"{key}#{index}", item) for index, item in enumerate(items)), rules)
    else:
        raise UnreadableError(Reason.WRONG_SHAPE, f"expected an object or a list, found {type(document).__name__}")


def read_json_lines(key: str, file: BinaryIO, rules: SourceRules) -> Iterator[Article | Quarantined]:
    """Yield the articles of a file with one JSON object a line; one line is held at a time."""
    for number, line in enumerate(_lines(file)):
        line_key = f"{key}#{number}"
        try:
            if isinstance(line, UnreadableError):
                raise line
            if line.strip():
                yield _article(line_key, _loaded(line), rules)
        except UnreadableError as error:
            yield error.quarantined(line_key)


def _lines(file: BinaryIO) -> Iterator[bytes | UnreadableError]:
    """Yield the lines; of one that is too long nothing is kept."""
    while line := file.readline(MAX_ARTICLE_BYTES):
        if len(line) < MAX_ARTICLE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_ARTICLE_BYTES)
        yield UnreadableError(Reason.TOO_LARGE, f"the line is longer than {MAX_ARTICLE_BYTES:,} bytes")


def _articles(items: Iterable[tuple[str, Any]], rules: SourceRules) -> Iterator[Article | Quarantined]:
    for item_key, item in items:
        try:
            yield _article(item_key, item, rules)
        except UnreadableError as error:
            yield error.quarantined(item_key)


def _article(key: str, item: Any, rules: SourceRules) -> Article:
    if not isinstance(item, dict):
        raise UnreadableError(Reason.WRONG_SHAPE, f"expected an object, found {type(item).__name__}")
    inner = _book_content(content_of(item, rules))
    return make_article(key, inner["content"], [inner, item], rules)


def _book_content(content: Any) -> dict[str, Any]:
    """Read a content field of the book's: plain text, a dict (Title, Subtitle, Content, language), or one as text."""
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
