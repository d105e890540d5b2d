"""Clusters of articles that are copies or near-duplicates of one another, and the side of the split they lie on. Pure.

One article of a cluster, its holder, is generated from; the others are its duplicates. No holder is near another, so no
text stands on both sides. A cluster's key is the id of its first article for ever, and its side is a function of the
key: who inherits the cluster inherits both. A random split of pairs instead leaks the article of every test pair.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping

from ownvoice.articles.table import ArticleRow
from ownvoice.states import ArticleState, is_live

NearDuplicates = Mapping[str, Collection[str]]
"""Hashes of texts that are near-duplicates, each way: a text is always near itself, and need not be named."""


def split_of(cluster_key: str, test_share: float) -> str:
    """Return "train" or "test": the same key falls on the same side on every machine and in every year."""
    position = int(hashlib.sha256(cluster_key.encode()).hexdigest()[:8], 16) / 2**32
    return "test" if position < test_share else "train"


def cluster_of(known: Mapping[str, ArticleRow], article_id: str) -> str:
    """Return the key of the cluster that an article is of, or, where it is new, would begin."""
    return known[article_id].cluster_key if article_id in known else article_id


def holders_of(
    known: Mapping[str, ArticleRow], texts: Mapping[str, str], near: NearDuplicates, withheld: Collection[str]
) -> dict[str, str | None]:
    """Return the holder of each article that is in doubt, or None where it becomes one; a holder stands before its own.

    `texts` maps the id of every article that stands tonight to the hash of its text; those of `withheld` are refused
    consent, and hold what is near them without being generated from. In doubt is what is new, says something else or is
    withheld no more, and the duplicates of a holder that is gone or of which that is true. A holder that is not in
    doubt remains one, and what is near several joins one of them: clusters are never merged, since one of them would
    have to change sides.
    """
    doubt = _in_doubt(known, texts, withheld)
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for article_id, text in texts.items():
        if article_id not in doubt and known[article_id].state is not ArticleState.DUPLICATE:
            holders[text].append(article_id)

    heirs: defaultdict[str, set[str]] = defaultdict(set)
    for article_id in filter(lambda i: _is_heir(i, known, texts), doubt):
        heirs[texts[article_id]].add(known[article_id].cluster_key)

    decided: dict[str, str | None] = {}
    for article_id in sorted(doubt, key=lambda i: (_claim(i, known, texts, near, heirs), i)):
        text, own = texts[article_id], cluster_of(known, article_id)
        found = [holder for one in {text, *near.get(text, ())} for holder in holders.get(one, ())]
        decided[article_id] = min(found, key=lambda h: (cluster_of(known, h) != own, h), default=None)
        if not found:
            holders[text].append(article_id)
    return decided


def _in_doubt(known: Mapping[str, ArticleRow], texts: Mapping[str, str], withheld: Collection[str]) -> set[str]:
    as_before = {
        i
        for i, one in known.items()
        if is_live(one.state)
        and texts.get(i) == one.article_sha256
        and (one.state is not ArticleState.CONSENT_REFUSED or one.article_sha256 in withheld)
    }
    loose = {
        one.cluster_key
        for i, one in known.items()
        if i not in as_before and is_live(one.state) and one.state is not ArticleState.DUPLICATE
    }
    heirs = {i for i in as_before if known[i].state is ArticleState.DUPLICATE and known[i].cluster_key in loose}
    return (texts.keys() - as_before) | heirs


def _claim(
    article_id: str,
    known: Mapping[str, ArticleRow],
    texts: Mapping[str, str],
    near: NearDuplicates,
    heirs: Mapping[str, Collection[str]],
) -> int:
    """Rank who holds a text: its edited holder, then its heirs, then one that came to it by an edit, then a new one.

    An edited holder that is near an heir of another cluster stands behind it: the text is on that cluster's side.
    """
    if _is_heir(article_id, known, texts):
        return 1
    if article_id not in known or known[article_id].state not in (ArticleState.PENDING, ArticleState.CURRENT):
        return 3
    text = texts[article_id]
    claimed = {key for one in {text, *near.get(text, ())} for key in heirs.get(one, ())}
    return 2 if claimed - {known[article_id].cluster_key} else 0


def _is_heir(article_id: str, known: Mapping[str, ArticleRow], texts: Mapping[str, str]) -> bool:
    """Whether an article in doubt says what it said: what it was kept back by is gone or does not."""
    one = known.get(article_id)
    return (
        one is not None
        and one.state in (ArticleState.DUPLICATE, ArticleState.CONSENT_REFUSED)
        and one.article_sha256 == texts[article_id]
    )
