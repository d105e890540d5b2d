"""The known articles that the outcome of a scan may depend on, beyond those below the listed folders.

These are articles with the same id, key or text, those of a cluster that may lose its holder, and near-duplicates. The
table of articles is streamed past these questions, and only the rows that answer them are held in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ownvoice.articles.cluster import NearDuplicates
from ownvoice.articles.near_duplicates.search import complete_index, near_candidates, near_duplicates
from ownvoice.articles.near_duplicates.sketch_index import SketchIndex
from ownvoice.articles.scan import SourceScan
from ownvoice.articles.table import ArticleRow, any_of, column_in, live_text_hashes, read_articles
from ownvoice.states import ArticleState, is_live
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import DatasetVersion


def related_articles(
    lake: Lake, base: DatasetVersion | None, scan: SourceScan, known: Iterable[ArticleRow]
) -> dict[str, ArticleRow]:
    """Return the articles that a scanned one could be or be a copy of, and those that may inherit a holder's place.

    `known` are the articles below the listed folders.
    """
    articles = [one.article for one in scan.articles]
    leaving = [article for article in known if scan.decides(article)]
    if not articles and not leaving:
        return {}
    ids = {article.metadata_id or article.source_key for article in articles}
    texts = {article.sha256 for article in articles} | {article.article_sha256 for article in leaving}
    keys = {article.source_key for article in articles}
    where = any_of(
        column_in("article_id", ids),
        column_in("article_sha256", texts),
        column_in("source_key", keys),
        column_in("cluster_key", _clusters_in_doubt(scan, known)),
    )
    return read_articles(lake, base, where)


def find_near_duplicates(
    lake: Lake,
    base: DatasetVersion | None,
    scan: SourceScan,
    known: Mapping[str, ArticleRow],
    least_jaccard: float,
    *,
    reindex: bool,
) -> tuple[NearDuplicates, dict[str, ArticleRow]]:
    """Return the near-duplicates of the texts that are in doubt, and the articles, not known yet, that have them.

    With `reindex`, or without a complete index, the texts of all articles are indexed first where they are not.
    """
    if reindex or not SketchIndex(lake).is_complete():
        complete_index(lake, live_text_hashes(lake, base))
    texts = _texts_in_doubt(scan, known)
    pairs = near_candidates(lake, texts)
    others = {text for pair in pairs for text in pair} - texts
    elsewhere = read_articles(lake, base, column_in("article_sha256", others)) if others else {}
    articles = (*known.values(), *elsewhere.values())
    in_source = texts | {article.article_sha256 for article in articles if is_live(article.state)}
    live_pairs = {pair for pair in pairs if in_source.issuperset(pair)}
    return near_duplicates(lake, live_pairs, least_jaccard), elsewhere


def _texts_in_doubt(scan: SourceScan, known: Mapping[str, ArticleRow]) -> set[str]:
    """Return the hashes of texts that are new, and of those whose articles may not be held back any more."""
    unchanged = {(a.source_key, a.article_sha256) for a in known.values() if is_live(a.state)}
    articles = [one.article for one in scan.articles]
    new = {a.sha256 for a in articles if (a.source_key, a.sha256) not in unchanged}
    clusters, held_back = (
        _clusters_in_doubt(scan, known.values()),
        (ArticleState.DUPLICATE, ArticleState.CONSENT_REFUSED),
    )
    return new | {a.article_sha256 for a in known.values() if a.state in held_back and a.cluster_key in clusters}


def _clusters_in_doubt(scan: SourceScan, known: Iterable[ArticleRow]) -> set[str]:
    """Return the keys of clusters whose holder may be gone, have another text, or have its consent again."""
    scanned = {(one.article.source_key, one.article.sha256) for one in scan.articles}
    read = {one.source_object for one in scan.articles}
    return {
        a.cluster_key
        for a in known
        if a.state in (ArticleState.PENDING, ArticleState.CURRENT, ArticleState.CONSENT_REFUSED)
        and (a.source_object in read or scan.decides(a))
        and (a.state is ArticleState.CONSENT_REFUSED or (a.source_key, a.article_sha256) not in scanned)
    }
