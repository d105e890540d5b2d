"""Scans of a source whose articles have one word each, compared with what is known."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from ownvoice.articles.article import ScannedArticle, StoredArticle
from ownvoice.articles.changes import find_changes
from ownvoice.articles.table import ArticleRow
from ownvoice.states import ArticleEvent, ArticleState, next_article_state

Known = dict[str, ArticleRow]


def seen(key: str, text: str, metadata_id: str | None = None, author: str = "a", consent: str = "") -> ScannedArticle:
    """Return an article as a scan finds it."""
    stored = StoredArticle(key, metadata_id, author, "", "en", "", consent, sha256(text))
    return ScannedArticle(stored, key, f"tag of {text}")


def near_texts(*pairs: tuple[str, str]) -> dict[str, set[str]]:
    """Return the relation in which the texts of each pair are near-duplicates."""
    near = defaultdict(set)
    for this, that in pairs:
        near[sha256(this)].add(sha256(that))
        near[sha256(that)].add(sha256(this))
    return near


def sha256(text: str) -> str:
    """Return the digest by which an article's text is known."""
    return hashlib.sha256(text.encode()).hexdigest()


ONE, ONCE, ON = "one", "once", "on"
CHAIN = near_texts((ONE, ONCE), (ONCE, ON))
"""Each of the three is near the next, the first is not near the last."""


def rescan(
    known: Known,
    *articles: ScannedArticle,
    not_covered: Collection[str] = (),
    near: Mapping[str, set[str]] = MappingProxyType({}),
) -> tuple[Known, dict[str, ArticleEvent | None], list[str]]:
    """Compare one scan, apply what changed, and return the new rows, the events by id and the keys refused."""
    changes, refused = find_changes(known, articles, lambda key: key not in not_covered, 0.05, near)
    after = known | {change.row.article_id: change.row for change in changes}
    return after, {change.row.article_id: change.event for change in changes}, [one.source_key for one in refused]


def settled(known: Known) -> Known:
    """Return the rows as after a commit: all that was pending is current."""
    return {
        i: replace(a, state=next_article_state(a.state, ArticleEvent.SETTLED)) if a.state is ArticleState.PENDING else a
        for i, a in known.items()
    }
