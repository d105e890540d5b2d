"""The identity of articles: which scanned article is which known one. Pure.

An article's id is the one that its metadata names, else the first key that it was seen under. The same text under a new
key keeps the id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ownvoice.articles.article import Quarantined, Reason, ScannedArticle, StoredArticle
from ownvoice.articles.table import ArticleRow


def identify(
    live: Mapping[str, ArticleRow], scanned: list[ScannedArticle], covers: Callable[[str], bool]
) -> tuple[dict[str, ScannedArticle], list[Quarantined]]:
    """Return the scanned articles by id, and those whose id is another's.

    The surest sign decides first: the id in the metadata, then the key, then the text of a known article that is gone.
    `live` are the known articles in the source, by id; `covers` is explained at `find_changes`.
    """
    ids_by_key = {article.source_key: article_id for article_id, article in live.items()}
    found, repeated = _by_metadata(live, scanned, ids_by_key, covers)
    new: list[ScannedArticle] = []
    for one in sorted(scanned, key=_key):
        if one.article.metadata_id is not None:
            continue
        at_its_key = ids_by_key.get(one.article.source_key)
        if at_its_key is None or at_its_key in found:
            new.append(one)
        else:
            found[at_its_key] = one

    gone_by_text = {
        article.article_sha256: article_id
        for article_id, article in live.items()
        if article_id not in found and covers(article.source_object)
    }
    for one in new:
        moved = gone_by_text.pop(one.article.sha256, "")
        found[moved or _free_id(one.article, live, found)] = one
    return found, repeated


def _by_metadata(
    live: Mapping[str, ArticleRow],
    scanned: list[ScannedArticle],
    ids_by_key: Mapping[str, str],
    covers: Callable[[str], bool],
) -> tuple[dict[str, ScannedArticle], list[Quarantined]]:
    """Return the articles whose metadata names their id; of two with one id, the one that had it before keeps it."""
    found: dict[str, ScannedArticle] = {}
    repeated: list[Quarantined] = []
    for one in sorted(scanned, key=lambda s: (ids_by_key.get(s.article.source_key) != s.article.metadata_id, _key(s))):
        named = one.article.metadata_id
        if named is None:
            continue
        if named in found or _is_elsewhere(live.get(named), one, covers):
            detail = f"another article has the id {named!r}"
            repeated.append(Quarantined(one.article.source_key, Reason.REPEATED_ID, detail))
        else:
            found[named] = one
    return found, repeated


def _key(one: ScannedArticle) -> str:
    return one.article.source_key


def _is_elsewhere(known: ArticleRow | None, one: ScannedArticle, covers: Callable[[str], bool]) -> bool:
    """Whether the known article with this id may still be under another key."""
    return known is not None and known.source_key != one.article.source_key and not covers(known.source_object)


def _free_id(article: StoredArticle, live: Mapping[str, ArticleRow], found: Mapping[str, ScannedArticle]) -> str:
    """Return the article's key, with a part of its hash if an article that moved away has the key as its id."""
    key = article.source_key
    return f"{key}~{article.sha256[:8]}" if key in live or key in found else key
