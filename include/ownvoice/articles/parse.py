"""Bytes of the source become articles; what cannot be read becomes a reason with a stable name.

Three forms: the book's JSON (`{"artifact_data": [...]}`, LLM Engineer's Handbook), Markdown and plain text with
optional YAML front matter.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from ownvoice.articles.article import Article, Quarantined

READABLE_SUFFIXES = (".json", ".md", ".markdown", ".txt")

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def parse_object(key: str, data: bytes) -> Iterator[Article | Quarantined]:
    """Yield the articles of one object, and a `Quarantined` for each that cannot be read. Never raises."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Quarantined(key, "not_utf8", f"byte {error.start} is no UTF-8; save the file as UTF-8")
        return
    if not text.strip():
        yield Quarantined(key, "empty", "the object holds no text")
    elif key.lower().endswith(".json"):
        yield from _parse_json(key, text)
    else:
        yield _parse_text(key, text)


def _parse_json(key: str, text: str) -> Iterator[Article | Quarantined]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield Quarantined(key, "bad_json", str(error)[:200])
        return
    items = document.get("artifact_data") if isinstance(document, dict) else None
    if not isinstance(items, list):
        yield Quarantined(key, "wrong_shape", 'expected an object with a list under "artifact_data"')
        return
    for index, item in enumerate(items):
        yield _parse_item(f"{key}#{index}", item)


def _parse_item(item_key: str, item: Any) -> Article | Quarantined:
    if not isinstance(item, dict):
        return Quarantined(item_key, "wrong_shape", f"expected an object, found {type(item).__name__}")
    fields = _content_fields(item.get("content"))
    content = fields.get("Content")
    if not isinstance(content, str) or not content.strip():
        return Quarantined(item_key, "empty", 'no text under "content"')
    return _article(
        item_key,
        content,
        metadata_id=item.get("id"),
        author_id=item.get("author_id"),
        title=fields.get("Title") or item.get("title"),
        language=fields.get("language"),
    )


def _content_fields(content: Any) -> dict[str, Any]:
    """Read the content field: plain text, a dict (Title, Subtitle, Content, language), or the text of such a dict."""
    if isinstance(content, dict):
        return content
    if isinstance(content, str) and content.lstrip().startswith("{") and "Content" in content:
        for read in (json.loads, ast.literal_eval):
            try:
                fields = read(content)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(fields, dict) and "Content" in fields:
                return fields
    return {"Content": content}


def _parse_text(key: str, text: str) -> Article | Quarantined:
    matter: dict[str, Any] = {}
    if found := _FRONT_MATTER.match(text):
        try:
            matter = yaml.safe_load(found[1]) or {}
        except yaml.YAMLError as error:
            return Quarantined(key, "bad_front_matter", str(error).replace("\n", " ")[:200])
        if not isinstance(matter, dict):
            return Quarantined(key, "bad_front_matter", "the front matter is no set of names and values")
        text = text[found.end() :]
    if not text.strip():
        return Quarantined(key, "empty", "there is no text below the front matter")
    return _article(
        key,
        text,
        metadata_id=matter.get("id"),
        author_id=matter.get("author_id") or matter.get("author"),
        title=matter.get("title"),
        language=matter.get("language"),
    )


def _article(
    key: str, content: str, *, metadata_id: Any, author_id: Any, title: Any, language: Any
) -> Article | Quarantined:
    article = Article(
        source_key=key,
        metadata_id=_text(metadata_id) or None,
        author_id=_text(author_id) or "unknown",
        title=_text(title),
        language=_text(language),
        content=content,
    )
    try:
        "".join((content, article.metadata_id or "", article.author_id, article.title, article.language)).encode()
    except UnicodeEncodeError as error:
        return Quarantined(key, "not_utf8", f"lone surrogate at character {error.start}; the text cannot be stored")
    return article


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
