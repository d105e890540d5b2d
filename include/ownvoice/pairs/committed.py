"""The committed pairs of some articles, and those among them that a retry must not take away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.articles.changeset import base_version, pending_articles
from ownvoice.articles.table import ArticleRow
from ownvoice.config.run import RefreshRun
from ownvoice.pairs.reviewed import read_decisions, with_originals
from ownvoice.storage.conditions import one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow

if TYPE_CHECKING:
    from deltalake import DeltaTable

CommittedPairs = Mapping[str, list[PairRow]]


def committed_pairs(pairs: DeltaTable, articles: Iterable[ArticleRow]) -> CommittedPairs:
    """Return the committed pairs of `articles` by article id; only their own refresh dates are read."""
    found: dict[str, list[PairRow]] = defaultdict(list)
    for row in each_committed(pairs, articles):
        found[row["article_id"]].append(row)
    return found


def each_committed(pairs: DeltaTable, articles: Iterable[ArticleRow]) -> Iterator[PairRow]:
    """Yield the committed pairs of `articles`, in no order; only their own refresh dates are read."""
    written = {article.article_id: article.written_date for article in articles if article.written_date}
    if written:
        wanted = pa.array(written, pa.string())
        for batch in scan(pairs, where=one_of("refresh_date", set(written.values()))):
            yield from batch.filter(pc.is_in(batch["article_id"], wanted)).to_pylist()


def kept_by_retry(lake: Lake, run: RefreshRun) -> frozenset[str]:
    """Return the ids of the pairs that were committed when a retry began, of the articles it retries.

    They are those of the version that the retry was planned on, so that a repeated task gives the same; a pair that an
    edit has replaced is among them. Any other run has none.
    """
    base = base_version(lake, run) if run.retry == "dead" else None
    pairs = lake.table("pairs", base.number) if base else None
    if pairs is None:
        return frozenset()
    found = committed_pairs(pairs, pending_articles(lake, run))
    return with_originals(frozenset(row["pair_id"] for rows in found.values() for row in rows), read_decisions(lake))
