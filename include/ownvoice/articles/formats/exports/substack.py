"""The posts of a Substack export: `posts.csv`, and a page of HTML for each of its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from ownvoice.articles.article import (
    Article,
    PassedOver,
    ReadResult,
    Reason,
    UnreadableError,
    quarantining,
)
from ownvoice.articles.formats.exports.archive import Archive
from ownvoice.articles.formats.exports.entry import WITHOUT_TEXT, html_entry
from ownvoice.articles.formats.exports.pruned import without_classes
from ownvoice.articles.formats.html import MAX_PAGE_BYTES
from ownvoice.articles.formats.opened import Fields, decoded
from ownvoice.config.source_rules import SourceRules

LIST = "posts.csv"

_READ_TYPES = ("newsletter", "")
# Buttons and forms, and what others wrote: embedded posts, comments and notes of other publications.
_CLASSES = (
    "subscription-widget-wrap subscription-widget subscription-widget-wrap-editor button-wrapper captioned-button-wrap"
    " install-substack-app-embed poll-embed embedded-post-wrap embedded-post digest-post-embed"
    " embedded-publication-wrap comment tweet twitter-embed instagram community-chat directMessage image-link-expand"
    " paywall-jump"
)
_NO_TEXT = frozenset(_CLASSES.split())


def list_of(archive: Archive) -> str | None:
    """Return the name of an archive's list of posts, in whatever folder; None where it is no export of Substack's."""
    return next((name for name in archive.names if name.rpartition("/")[2] == LIST), None)


def read_substack(
    key: str, archive: Archive, list_name: str, beside: Sequence[Fields], rules: SourceRules
) -> Iterator[ReadResult]:
    """Yield the posts that the list names, and those that it does not: nobody knows whether they are published."""
    folder = list_name.removesuffix(LIST) + "posts/"
    pages = {name: name[len(folder) :] for name in archive.names if name.startswith(folder) and name.endswith(".html")}
    rows = {row["post_id"]: row for row in _rows(archive.read(list_name))}
    for name, page in pages.items():
        yield _post(f"{key}#posts/{page}", archive, name, rows.pop(page.removesuffix(".html"), None), beside, rules)
    for post_id, row in rows.items():  # drafts that have no text yet
        yield _without_page(f"{key}#posts/{post_id}.html", row)


def _rows(data: bytes) -> list[Mapping[str, str]]:
    """Return the rows of the list. Raises `UnreadableError` where it is no table of posts."""
    try:
        rows = list(csv.DictReader(io.StringIO(decoded(data), newline="")))
    except csv.Error as error:
        raise UnreadableError(Reason.WRONG_SHAPE, f"{LIST} is no table: {error}") from None
    if missing := {"post_id", "is_published"} - set(rows[0] if rows else ("post_id", "is_published")):
        raise UnreadableError(Reason.MISSING_FIELD, f"{LIST} has no column {', '.join(sorted(missing))}")
    return [{name: value or "" for name, value in row.items() if isinstance(name, str)} for row in rows]


@quarantining
def _post(
    key: str, archive: Archive, name: str, row: Mapping[str, str] | None, beside: Sequence[Fields], rules: SourceRules
) -> Article | PassedOver:
    if row is None:
        raise UnreadableError(Reason.MISSING_FIELD, f"{LIST} has no row for it, which says whether it is published")
    if (kind := row.get("type", "")) not in _READ_TYPES:
        return PassedOver(key, kind, _id(row))
    body = decoded(archive.read(name, MAX_PAGE_BYTES))
    return html_entry(key, without_classes(body, _NO_TEXT), [_fields(row)], beside).article(rules)


def _without_page(key: str, row: Mapping[str, str]) -> PassedOver:
    kind = row.get("type", "")
    if kind in _READ_TYPES:
        kind = WITHOUT_TEXT if _is_published(row) else "draft"
    return PassedOver(key, kind, _id(row))


def _fields(row: Mapping[str, str]) -> Fields:
    return {
        "id": _id(row),
        "title": row.get("title"),
        "published_at": row.get("post_date"),
        "published": _is_published(row),
    }


def _is_published(row: Mapping[str, str]) -> bool:
    return row["is_published"].casefold() == "true"


def _id(row: Mapping[str, str]) -> str:
    """Return the number of a post at Substack: what follows its point is made of the title, and changes with it."""
    return f"substack:{row['post_id'].partition('.')[0]}"
