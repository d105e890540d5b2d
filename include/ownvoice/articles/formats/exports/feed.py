"""The entries of a feed (RSS 0.9 to 2.0, Atom 0.3 and 1.0) that hold their whole text.

feedparser knows the dialects. It is given one entry at a time, below the head of the feed, and never an address.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ownvoice.articles.article import (
    Article,
    LatestOnly,
    PassedOver,
    Quarantined,
    ReadResult,
    Reason,
    UnreadableError,
    quarantining,
)
from ownvoice.articles.formats.exports.entry import Entry, key_by_id, plain
from ownvoice.articles.formats.exports.xml_items import XmlItems
from ownvoice.articles.formats.html import body_page
from ownvoice.articles.formats.opened import Fields
from ownvoice.config.source_rules import SourceRules

ROOTS = frozenset({"rss", "feed", "rdf"})

_KIND = re.compile(r"\Ahttp://schemas\.google\.com/blogger/\d{4}/kind#(\w+)\Z")
_IS_COMPLETE = re.compile(r"<(?:[\w.-]+:)?complete\s*/?>")  # RFC 5005, section 2
_OF_A_COMMENT = re.compile(r"#comment-\d+\Z")


def read_feed(key: str, items: XmlItems, beside: Sequence[Fields], rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the entries of a feed that hold their text, and a reason for each that only sums it up.

    A feed holds the newest articles, unless it says that it is complete; those that have left it are not gone.
    """
    if not _IS_COMPLETE.search(items.head):
        yield LatestOnly(key)
    for number, item in enumerate(items):
        at = f"{key}#{number}"
        if item.markup is None:
            yield Quarantined(at, Reason.BAD_XML, item.fault)
        else:
            yield _entry(at, items.document_of(item.markup), beside, rules)


@quarantining
def _entry(key: str, document: bytes, beside: Sequence[Fields], rules: SourceRules) -> Article | PassedOver:
    import feedparser

    found = feedparser.parse(io.BytesIO(document), sanitize_html=False, resolve_relative_uris=False)
    if not found.entries:
        raise UnreadableError(Reason.BAD_XML, str(found.get("bozo_exception") or "it is no entry of a feed")[:200])
    entry = found.entries[0]
    own = _fields(entry, found.feed)
    key = key_by_id(key, own["id"])
    if kind := _kind(entry, str(own["id"] or "")):
        return PassedOver(key, kind, own["id"])
    return Entry(key, lambda: _text(entry), [own], beside).article(rules)


def _fields(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, Any]:
    content = _content(entry)
    return {
        "id": entry.get("id") or entry.get("link") or None,
        "title": plain(entry.get("title", "")),
        "author_id": _people(entry) or _people(feed) or None,
        "language": content.get("language") or feed.get("language") or "",
        "licence": entry.get("license") or feed.get("license") or "",
        "published_at": entry.get("published") or entry.get("updated") or "",
        "draft": entry.get("app_draft") or "no",
        "status": entry.get("blogger_status") or "",
    }


def _people(fields: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return who wrote an entry, each by the name that is shown, else by the address."""
    people = [*fields.get("authors", ()), fields.get("author_detail", {})]
    named = [str(one.get("name") or one.get("email") or "") for one in people] or [str(fields.get("author", ""))]
    return [{"name": name} for name in dict.fromkeys(filter(None, map(plain, named)))]


def _kind(entry: Mapping[str, Any], entry_id: str) -> str:
    """Return what an entry is where it is no post: a comment (RFC 4685), or what else Blogger exports."""
    terms = [str(tag.get("term") or "") for tag in entry.get("tags", ())]
    kinds = [found[1] for term in terms if (found := _KIND.match(term))] + [str(entry.get("blogger_type", "")).lower()]
    if "thr_in-reply-to" in entry or "in-reply-to" in entry or _OF_A_COMMENT.search(entry_id):
        return "comment"
    return next((kind for kind in kinds if kind not in ("", "post")), "")


def _content(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the text of an entry. In RSS 2.0 a description without a link is the text itself, and else a synopsis."""
    contents = [one for one in entry.get("content", ()) if str(one.get("value") or "").strip()]
    if contents:
        return max(contents, key=lambda one: "html" in str(one.get("type")))
    is_whole = not entry.get("link") and "summary" in entry
    return {"value": entry["summary"], **entry.get("summary_detail", {})} if is_whole else {}


def _text(entry: Mapping[str, Any]) -> str:
    content = _content(entry)
    if not content:
        where = entry.get("link") or "elsewhere"
        detail = f"the feed only sums it up, and its text is at {where}; let it hold whole texts, or export the blog"
        raise UnreadableError(Reason.SUMMARY_ONLY, detail[:300])
    value = str(content.get("value") or "")
    if content.get("type") == "text/plain":
        value = "".join(f"<p>{html.escape(one, quote=False)}</p>" for one in re.split(r"\n\s*\n", value))
    return body_page(value, content.get("language") or "").content
