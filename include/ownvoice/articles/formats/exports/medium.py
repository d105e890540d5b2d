"""The stories of a Medium export: a page of HTML each, with what Medium says of it in classes of microformats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ownvoice.articles.article import Article, PassedOver, ReadResult, quarantining
from ownvoice.articles.formats.exports.archive import Archive
from ownvoice.articles.formats.exports.entry import html_entry
from ownvoice.articles.formats.exports.pruned import classes_of, markup_of
from ownvoice.articles.formats.html import MAX_PAGE_BYTES
from ownvoice.articles.formats.opened import Fields, decoded
from ownvoice.articles.formats.page.tree import HEADINGS, Element, parsed, shown_text
from ownvoice.config.source_rules import SourceRules

_STORY = re.compile(r"(?:.*/)?posts/(?P<file>(?:(?P<draft>draft)|\d{4}-\d\d-\d\d)_.*?-?(?P<id>[0-9a-f]{8,16})?\.html)")


def is_medium(archive: Archive) -> bool:
    """Whether an archive holds pages that are named as Medium names its stories."""
    return any(map(_STORY.fullmatch, archive.names))


def read_medium(key: str, archive: Archive, beside: Sequence[Fields], rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the stories of an export; drafts and answers to other people's stories are passed over."""
    for name in archive.names:
        if found := _STORY.fullmatch(name):
            yield _story(f"{key}#posts/{found['file']}", archive, name, found, beside, rules)


@quarantining
def _story(
    key: str, archive: Archive, name: str, found: re.Match[str], beside: Sequence[Fields], rules: SourceRules
) -> Article | PassedOver:
    elements = parsed(decoded(archive.read(name, MAX_PAGE_BYTES)))
    own = _fields(elements, found)
    body = _first(elements, "e-content")
    if body is not None and not found["draft"] and _is_response(body, str(own["title"])):
        return PassedOver(key, "comment", str(own["id"]))
    return html_entry(key, "" if body is None else markup_of(body), [own], beside).article(rules)


def _fields(elements: Sequence[Element], found: re.Match[str]) -> dict[str, object]:
    link, author, published = (_first(elements, name) for name in ("p-canonical", "p-author", "dt-published"))
    address = "" if link is None else link.get("href") or ""
    return {
        "id": f"medium:{found['id']}" if found["id"] else address or None,
        "title": _words(_first(elements, "p-name")),
        "author_id": {"name": _words(author), "login": (author.get("href") or "").rpartition("@")[2]}
        if author is not None
        else None,
        "published_at": "" if published is None else published.get("datetime"),
        "draft": bool(found["draft"]),
    }


def _first(elements: Sequence[Element], name: str) -> Element | None:
    return next((one for one in elements if name in classes_of(one)), None)


def _words(element: Element | None) -> str:
    return "" if element is None else " ".join(shown_text(element).split())


def _is_response(body: Element, title: str) -> bool:
    """Whether a story answers another: Medium gives it no heading, and its first words for a title."""
    has_heading = any(one.tag in HEADINGS or "graf--title" in classes_of(one) for one in body.iter())
    beginning = title.rstrip(" ….")
    return not has_heading and bool(beginning) and _words(body).startswith(beginning)
