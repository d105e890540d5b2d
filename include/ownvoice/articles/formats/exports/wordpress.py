"""The posts of a WordPress export (WXR): each with its author, and told apart from pages, attachments and comments.

Source: wp-admin/includes/export.php of WordPress.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ownvoice.articles.article import Article, PassedOver, Quarantined, ReadResult, Reason, quarantining
from ownvoice.articles.formats.exports.entry import html_entry, key_by_id, plain
from ownvoice.articles.formats.exports.markup import local_name
from ownvoice.articles.formats.exports.wordpress_text import as_html
from ownvoice.articles.formats.exports.xml_items import XmlItems
from ownvoice.articles.formats.names import all_values
from ownvoice.articles.formats.opened import Fields
from ownvoice.articles.formats.page.tree import Element
from ownvoice.config.source_rules import SourceRules

NAMESPACE = "http://wordpress.org/export/"

_AUTHOR = re.compile(r"<wp:author>.*?</wp:author>", re.DOTALL)
_LANGUAGE = re.compile(r"<language>([^<]{1,40})</language>")


@dataclass(frozen=True, slots=True)
class _Blog:
    """What an export says of all its posts: its authors by their logins, and its language."""

    items: XmlItems
    authors: Mapping[str, Fields]
    language: str


def read_wordpress(key: str, items: XmlItems, beside: Sequence[Fields], rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the posts of an export, and what is passed over by its type: pages, attachments, revisions, comments."""
    language = found[1] if (found := _LANGUAGE.search(items.head)) else ""
    blog = _Blog(items, _authors(items), language)
    for number, item in enumerate(items):
        at = f"{key}#{number}"
        if item.markup is None:
            yield Quarantined(at, Reason.BAD_XML, item.fault)
            continue
        yield _post(at, item.markup, blog, beside, rules)
        for comment in range(item.markup.count("<wp:comment>")):
            yield PassedOver(f"{at}.comment-{comment}", "comment")


@quarantining
def _post(key: str, markup: str, blog: _Blog, beside: Sequence[Fields], rules: SourceRules) -> Article | PassedOver:
    item = blog.items.parsed_alone(markup)
    kind = _text(item, "post_type") or "post"
    own = _fields(item, blog)
    key = key_by_id(key, own["id"])
    if kind != "post":
        return PassedOver(key, kind, own["id"])
    fields = [own, _custom_fields(item)]
    return html_entry(key, as_html(_text(item, "encoded", "content")), fields, beside, blog.language).article(rules)


def _fields(item: Element, blog: _Blog) -> dict[str, Any]:
    login = _text(item, "creator")
    status, password = _text(item, "status"), _text(item, "post_password")
    return {
        # The guid stays when a post is renamed or moved; a number alone would be that of another blog's post too.
        "id": _text(item, "guid") or _text(item, "link") or _text(item, "post_id") or None,
        "title": plain(_text(item, "title")),
        "author_id": blog.authors.get(login, login),
        "language": blog.language,
        "published_at": _text(item, "post_date_gmt") or _text(item, "post_date"),
        "published": status in ("publish", ""),
        "private": bool(password),
    }


def _custom_fields(item: Element) -> Fields:
    """Return what the author's own fields say, of consent for example; names of plugins begin with _."""
    pairs = [
        (name, _text(one, "meta_value"))
        for one in item
        if local_name(one) == "postmeta" and not (name := _text(one, "meta_key")).startswith("_")
    ]
    return {name: value for name, value in all_values(pairs).items() if name.casefold() not in ("id", "content")}


def _authors(items: XmlItems) -> dict[str, Fields]:
    """Return the people of a blog by their logins, each known by the name that readers see and by the login."""
    people = (items.parsed_alone(found[0]) for found in _AUTHOR.finditer(items.head))
    named = ((_text(one, "author_login"), plain(_text(one, "author_display_name"))) for one in people)
    return {login: {"name": name or login, "login": login} for login, name in named}


def _text(item: Element, name: str, prefix: str = "") -> str:
    """Return the text of a child by its local name, and by the prefix of its namespace where two share a name."""
    found = (one for one in item if local_name(one) == name and prefix in ("", one.prefix))
    return next(("".join(one.itertext()).strip() for one in found), "")
