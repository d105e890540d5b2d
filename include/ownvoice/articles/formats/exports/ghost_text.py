"""The text of a Ghost post from what its editors keep: Lexical of version 5 on, Mobiledoc before, as HTML.

Cards (pictures, bookmarks, players) hold no words of the text, but for those of HTML, Markdown and callouts.
Source: https://lexical.dev/docs and https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.names import text_of

_MAX_DEPTH = 100
_TAGS = {"paragraph": "p", "quote": "blockquote", "aside": "blockquote", "listitem": "li", "link": "span"}
_CARDS = {"html": "html", "markdown": "markdown", "callout": "calloutText", "toggle": "content"}
_CARDS_OF_MARKDOWN = frozenset({"markdown", "card-markdown"})
_MARKUP, _ATOM, _IMAGE, _LIST, _CARD = 0, 1, 2, 3, 10  # kinds of markers and of sections


def lexical_html(document: Any) -> str:
    """Return a Lexical document as HTML. Raises `UnreadableError` where it is none."""
    root = document.get("root") if isinstance(document, dict) else None
    if not isinstance(root, dict):
        raise UnreadableError(Reason.WRONG_SHAPE, "its lexical has no root; export the blog again")
    return "".join(_node(root, 0))


def _node(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        raise UnreadableError(Reason.TOO_LARGE, f"its lexical is nested more than {_MAX_DEPTH} deep")
    kind = text_of(node.get("type")).removeprefix("extended-")
    if kind in ("text", "code-highlight"):
        yield escape(str(node.get("text") or ""), quote=False)
    elif kind == "linebreak":
        yield "<br>"
    elif kind in _CARDS:
        yield _card(kind, node)
    else:
        tag = _tag(kind, node)
        yield f"<{tag}>" if tag else ""
        for child in node.get("children") or ():
            yield from _node(child, depth + 1) if isinstance(child, dict) else ()
        yield f"</{tag}>" if tag else ""


def _tag(kind: str, node: Mapping[str, Any]) -> str:
    if kind == "heading":
        return text_of(node.get("tag")) if text_of(node.get("tag")) in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"
    if kind == "list":
        return "ol" if text_of(node.get("listType")) == "number" else "ul"
    return _TAGS.get(kind, "")


def _card(kind: str, payload: Mapping[str, Any]) -> str:
    text = str(payload.get(_CARDS[kind]) or "")
    return _paragraphs(text) if kind in _CARDS_OF_MARKDOWN else text


def _paragraphs(markdown: str) -> str:
    return "".join(f"<p>{escape(one, quote=False)}</p>" for one in markdown.split("\n\n"))


def mobiledoc_html(document: Any) -> str:
    """Return a Mobiledoc document as HTML. Raises `UnreadableError` where it is none."""
    sections = document.get("sections") if isinstance(document, dict) else None
    if not isinstance(sections, list):
        raise UnreadableError(Reason.WRONG_SHAPE, "its mobiledoc has no sections; export the blog again")
    return "".join(_section(document, section) for section in sections if isinstance(section, list) and section)


def _section(document: Mapping[str, Any], section: list[Any]) -> str:
    kind = _number(section[0])
    if kind == 1 and len(section) > 2:
        tag = text_of(section[1]) if text_of(section[1]) in ("h1", "h2", "h3", "h4", "h5", "h6", "blockquote") else "p"
        return f"<{tag}>{_markers(section[2])}</{tag}>"
    if kind == _LIST and len(section) > 2:
        tag = "ol" if text_of(section[1]) == "ol" else "ul"
        return f"<{tag}>{''.join(f'<li>{_markers(item)}</li>' for item in section[2])}</{tag}>"
    cards = document.get("cards")
    index = _number(section[1]) if kind == _CARD and len(section) > 1 else -1
    if isinstance(cards, list) and 0 <= index < len(cards) and isinstance(cards[index], list) and len(cards[index]) > 1:
        name, payload = text_of(cards[index][0]), cards[index][1]
        kind_of_card = name.removeprefix("card-")
        return _card(kind_of_card, payload) if kind_of_card in _CARDS and isinstance(payload, dict) else ""
    return ""


def _markers(markers: Any) -> str:
    """Return the words of markers; an atom is a line break, or nothing that is read."""
    parts = [one for one in markers if isinstance(one, list) and len(one) > 3] if isinstance(markers, list) else []
    return "".join("<br>" if _number(one[0]) == _ATOM else escape(str(one[3]), quote=False) for one in parts)


def _number(value: Any) -> int:
    text = text_of(value)
    return int(text) if text.isdecimal() and len(text) < 9 else -1
