"""The posts of a Ghost export: one JSON document with the tables of the blog.

Source: ghost/core/core/server/data/exporter of Ghost; versions 1 to 6 differ in how they keep a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ownvoice.articles.article import (
    Article,
    PassedOver,
    ReadResult,
    Reason,
    UnreadableError,
    quarantining,
)
from ownvoice.articles.formats.exports.entry import html_entry, key_by_id, plain
from ownvoice.articles.formats.exports.ghost_text import lexical_html, mobiledoc_html
from ownvoice.articles.formats.exports.pruned import without_classes
from ownvoice.articles.formats.json_values import load_json
from ownvoice.articles.formats.names import text_of
from ownvoice.articles.formats.opened import Fields
from ownvoice.config.source_rules import SourceRules

_SENT = frozenset({"published", "sent"})  # sent: to members by mail, and never on the page
_NO_TEXT = frozenset(
    {"kg-bookmark-card", "kg-button-card", "kg-signup-card", "kg-cta-card", "kg-product-card", "kg-embed-card"}
)

Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def blog_in(document: Any) -> Tables | None:
    """Return the tables of a blog by their names; None where a document is no export of Ghost."""
    whole = document.get("db") if isinstance(document, dict) else None
    first = whole[0] if isinstance(whole, list) and whole else document
    data = first.get("data") if isinstance(first, dict) and "meta" in first else None
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        return None
    return {
        name: [row for row in rows if isinstance(row, dict)] if name != "posts" else rows
        for name, rows in data.items()
        if isinstance(rows, list)
    }


def read_ghost(key: str, blog: Tables, beside: Sequence[Fields], rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the posts of a blog; pages are passed over, and drafts and what is scheduled like any others."""
    authors, language = _authors(blog), _language(blog)
    for number, post in enumerate(blog["posts"]):
        yield _post(f"{key}#{number}", post, authors, language, beside, rules)


@quarantining
def _post(
    key: str,
    post: Any,
    authors: Mapping[str, list[Fields]],
    language: str,
    beside: Sequence[Fields],
    rules: SourceRules,
) -> Article | PassedOver:
    if not isinstance(post, dict):
        raise UnreadableError(Reason.WRONG_SHAPE, f"expected a post, found {type(post).__name__}")
    own = _fields(post, authors, language)
    key = key_by_id(key, own["id"])
    kind = text_of(post.get("type")) or ("page" if text_of(post.get("page")) in ("1", "true") else "post")
    if kind != "post":
        return PassedOver(key, kind, own["id"])
    return html_entry(key, without_classes(_body(post), _NO_TEXT), [own], beside, text_of(own["language"])).article(
        rules
    )


def _fields(post: Mapping[str, Any], authors: Mapping[str, list[Fields]], language: str) -> dict[str, Any]:
    post_id = text_of(post.get("id"))
    return {
        "id": text_of(post.get("uuid")) or post_id or None,  # a blog that is imported gives new ids, and keeps the uuid
        "title": plain(text_of(post.get("title"))),
        "author_id": authors.get(post_id) or authors.get(text_of(post.get("author_id"))) or None,
        "language": text_of(post.get("locale")) or language,
        "published_at": text_of(post.get("published_at")),
        "published": text_of(post.get("status")) in _SENT,
    }


def _authors(blog: Tables) -> dict[str, list[Fields]]:
    """Return the authors of each post by its id, the first named first, and each user alone by the user's id."""
    users = {
        text_of(user.get("id")): {"name": text_of(user.get("name")), "slug": text_of(user.get("slug"))}
        for user in blog.get("users", ())
    }
    found: dict[str, list[Fields]] = {user_id: [user] for user_id, user in users.items() if any(user.values())}
    for row in sorted(blog.get("posts_authors", ()), key=lambda row: text_of(row.get("sort_order")).zfill(9)):
        user = users.get(text_of(row.get("author_id")), {})
        if any(user.values()):
            found.setdefault(text_of(row.get("post_id")), []).append(user)
    return found


def _language(blog: Tables) -> str:
    settings = {text_of(one.get("key")): text_of(one.get("value")) for one in blog.get("settings", ())}
    return settings.get("locale") or settings.get("lang") or settings.get("default_locale") or ""


def _body(post: Mapping[str, Any]) -> str:
    """Return the text of a post as HTML: as Ghost made it, or else from what its editor keeps."""
    if isinstance(post.get("html"), str) and post["html"].strip():
        return str(post["html"])
    for name, as_html in (("lexical", lexical_html), ("mobiledoc", mobiledoc_html)):
        if isinstance(post.get(name), str) and post[name].strip():
            return as_html(load_json(post[name]))
    return ""
