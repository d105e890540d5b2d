"""Clusters of articles that are copies or near-duplicates of one another, and the split that each falls into. Pure.

One article of a cluster, its holder, is generated from; the others are duplicates of it. No two holders are near each
other, so no text is in both splits. The key of a cluster is the id of its first article, and never changes. The split
is a function of the key, so an article that inherits the cluster inherits both. A random split of pairs would instead
leave almost every article of the test split in the training split too.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping

from ownvoice.articles.table import ArticleRow
from ownvoice.states import GENERATED_FROM, ArticleState, is_live

NearDuplicates = Mapping[str, Collection[str]]
"""Hashes of texts by the hash of a text that they are near to, each way. A text is near itself without being named."""


def split_of(cluster_key: str, test_share: float) -> str:
    """Return "train" or "test": the same key falls into the same split on every machine and in every year."""
    position = int(hashlib.sha256(cluster_key.encode()).hexdigest()[:8], 16) / 2**32
    return "test" if position < test_share else "train"


def choose_holders(
    known: Mapping[str, ArticleRow], texts: Mapping[str, str], near: NearDuplicates, refused: Collection[str]
) -> dict[str, str | None]:
    """Return the holder of each article that is in doubt, or None where the article becomes a holder itself.

    A holder comes before its duplicates in the result.

    `texts` maps the id of every article in the source to the hash of its text. Texts in `refused` lack consent; their
    articles still hold what is near them, without being generated from. In doubt is an article that is new, has another
    text or has its consent again, and each duplicate of a holder that is gone or in doubt. Any other holder remains
    one. An article that is near several holders joins one of them: clusters are never merged, because one of them would
    have to change its split.
    """
    doubt = _in_doubt(known, texts, refused)
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for article_id, text in texts.items():
        if article_id not in doubt and known[article_id].state is not ArticleState.DUPLICATE:
            holders[text].append(article_id)

    heirs: defaultdict[str, set[str]] = defaultdict(set)
    for article_id in filter(lambda i: _is_heir(i, known, texts), doubt):
        heirs[texts[article_id]].add(known[article_id].cluster_key)

    decided: dict[str, str | None] = {}
    for article_id in sorted(doubt, key=lambda i: (_rank(i, known, texts, near, heirs), i)):
        text, own = texts[article_id], _cluster_key(known, article_id)
        found = [holder for one in {text, *near.get(text, ())} for holder in holders.get(one, ())]
        decided[article_id] = min(found, key=lambda h: (_cluster_key(known, h) != own, h), default=None)
        if not found:
            holders[text].append(article_id)
    return decided


def _cluster_key(known: Mapping[str, ArticleRow], article_id: str) -> str:
    """Return the key of the cluster that an article is in or, if it is new, would begin."""
    return known[article_id].cluster_key if article_id in known else article_id


def _in_doubt(known: Mapping[str, ArticleRow], texts: Mapping[str, str], refused: Collection[str]) -> set[str]:
    as_before = {
        i
        for i, one in known.items()
        if is_live(one.state)
        and texts.get(i) == one.article_sha256
        and (one.state is not ArticleState.CONSENT_REFUSED or one.article_sha256 in refused)
    }
    without_holder = {
        one.cluster_key
        for i, one in known.items()
        if i not in as_before and is_live(one.state) and one.state is not ArticleState.DUPLICATE
    }
    orphans = {
        i for i in as_before if known[i].state is ArticleState.DUPLICATE and known[i].cluster_key in without_holder
    }
    return (texts.keys() - as_before) | orphans


def _rank(
    article_id: str,
    known: Mapping[str, ArticleRow],
    texts: Mapping[str, str],
    near: NearDuplicates,
    heirs: Mapping[str, Collection[str]],
) -> int:
    """Rank an article's claim to hold its text; the lowest wins.

    First comes the holder, edited; then its heirs; then a holder whose edit brought it near an heir of another cluster,
    since the text is in that cluster's split; then every other article.
    """
    if _is_heir(article_id, known, texts):
        return 1
    if article_id not in known or known[article_id].state not in GENERATED_FROM:
        return 3
    text = texts[article_id]
    claimed = {key for one in {text, *near.get(text, ())} for key in heirs.get(one, ())}
    return 2 if claimed - {known[article_id].cluster_key} else 0


def _is_heir(article_id: str, known: Mapping[str, ArticleRow], texts: Mapping[str, str]) -> bool:
    """Whether an article in doubt has the text that it had, and only lost the article that held it back."""
    one = known.get(article_id)
    return (
        one is not None
        and one.state in (ArticleState.DUPLICATE, ArticleState.CONSENT_REFUSED)
        and one.article_sha256 == texts[article_id]
    )
