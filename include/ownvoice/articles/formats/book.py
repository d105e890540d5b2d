"""The content of an article of the LLM Engineer's Handbook, which stands there in three spellings."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.budget import refuse_more
from ownvoice.articles.formats.json_values import load_json
from ownvoice.articles.formats.opened import Fields

MAX_LITERAL_CHARS = 1_000
"""How long a Python literal may be without its strings: that of an article has a hundred characters."""

_STRING = re.compile(r"""'(?:[^'\\\n]|\\.)*+'?|"(?:[^"\\\n]|\\.)*+"?""", re.DOTALL)
# What would make another thing of a string beside it, so that what stands outside is not known without parsing: a
# prefix or a second string, which may be the rest of a third quote; a comment; a line that goes on.
_UNCLEAR = re.compile(r"""[\w"]"|[#\\]""")
_BEGINS_AS_OBJECT = re.compile(r"""\s*\{\s*(?:['"][\w ]*['"]\s*:|[\[(])""")


@dataclass(frozen=True, slots=True)
class BookContent:
    """The text of a content field, of whatever type, and of an object its title and language, and all that is in it."""

    text: Any
    own: Fields = field(default_factory=dict)
    whole: Fields = field(default_factory=dict)


def book_content(content: Any) -> BookContent:
    """Return what a content field holds.

    The spellings are plain text, an object (Title, Subtitle, Content, language), and such an object written as text, in
    JSON or as a Python literal. Raises `UnreadableError` for what begins like an object and is none.
    """
    if isinstance(content, str) and content.lstrip().startswith("{") and "Content" in content:
        content = _object_in(content)
    if not isinstance(content, dict):
        return BookContent(content)
    if content.get("Content") is None:
        raise UnreadableError(
            Reason.MISSING_FIELD, "its content is an object without 'Content'; lead into it with dots"
        )
    own = {"title": content.get("Title"), "language": content.get("language")}
    return BookContent(content["Content"], own, content)


def _object_in(text: str) -> Any:
    """Return the object that a text spells; prose that only has a brace at its beginning stays as it is."""
    try:
        found = _spelled(text)
    except UnreadableError:
        if _BEGINS_AS_OBJECT.match(text):
            raise
        return text
    if not isinstance(found, dict):
        raise UnreadableError(Reason.WRONG_SHAPE, f"its content spells no object, but {type(found).__name__}")
    return found


def _spelled(text: str) -> Any:
    try:
        return load_json(text)
    except UnreadableError:
        return _literal(text)


def _literal(text: str) -> Any:
    outside = _STRING.sub('"', text, count=MAX_LITERAL_CHARS)
    refuse_more("characters outside the strings of its content", len(outside), MAX_LITERAL_CHARS)
    try:
        if _UNCLEAR.search(outside):
            raise ValueError
        return ast.literal_eval(text.lstrip())
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        detail = "its content begins like an object, but is neither JSON nor a literal of Python"
        raise UnreadableError(Reason.WRONG_SHAPE, detail) from None
