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
    found: dict[str, ScannedArticle] = {}
    repeated: list[Quarantined] = []
    unnamed: list[ScannedArticle] = []

    # Of two articles with one id, the one that had it before comes first, and so keeps it.
    for one in sorted(
        scanned, key=lambda s: (ids_by_key.get(s.article.source_key) != s.article.metadata_id, s.article.source_key)
    ):
        named = one.article.metadata_id
        if named is None:
            unnamed.append(one)
        elif named in found or _is_elsewhere(live.get(named), one, covers):
            repeated.append(
                Quarantined(one.article.source_key, Reason.REPEATED_ID, f"another article has the id {named!r}")
            )
        else:
            found[named] = one

    new: list[ScannedArticle] = []
    for one in unnamed:
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


def _is_elsewhere(known: ArticleRow | None, one: ScannedArticle, covers: Callable[[str], bool]) -> bool:
    """Whether the known article with this id may still be under another key."""
    return known is not None and known.source_key != one.article.source_key and not covers(known.source_object)


def _free_id(article: StoredArticle, live: Mapping[str, ArticleRow], found: Mapping[str, ScannedArticle]) -> str:
    """Return the article's key, with a part of its hash if an article that moved away has the key as its id."""
    key = article.source_key
    return f"{key}~{article.sha256[:8]}" if key in live or key in found else key
