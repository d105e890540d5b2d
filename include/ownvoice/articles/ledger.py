"""Where the chunks of the articles stand now: what the newest run said about each article that is generated from.

A question for people and for a retry, not for a night: it streams past the whole table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.articles.table import ArticleRow, having, read_articles
from ownvoice.states import ArticleState, ChunkState
from ownvoice.storage.lake import Lake, scan, sql_text
from ownvoice.storage.versions import DatasetVersion, all_versions

ChunkRow = dict[str, Any]

_GENERATED_FROM = (ArticleState.PENDING, ArticleState.CURRENT)


def chunks_in(lake: Lake, version: DatasetVersion, state: ChunkState, **columns: str) -> list[ChunkRow]:
    """Return the rows of `tables/chunks` that stand in `state`, of the present texts, in the order of their articles.

    `columns` narrow them: article_id="x".
    """
    table = lake.table("chunks", version.chunks_version)
    conditions = {"state": str(state)} | columns
    where = " AND ".join(f"{name} = {sql_text(value)}" for name, value in conditions.items())
    rows = [
        row | {"drop_reasons": dict(row["drop_reasons"])}
        for part in scan(table, "*", where)
        for row in part.to_pylist()
    ]
    articles = read_articles(lake, version, having("article_id", {row["article_id"] for row in rows}))
    newest = _newest_runs(lake, version, articles)
    standing = [row for row in rows if _stands(row, articles, newest)]
    return sorted(standing, key=lambda row: (row["article_id"], row["chunk_index"]))


def _stands(row: ChunkRow, articles: Mapping[str, ArticleRow], newest: Mapping[str, str]) -> bool:
    article = articles.get(row["article_id"])
    if article is None or article.state not in _GENERATED_FROM or row["article_sha256"] != article.article_sha256:
        return False
    return bool(row["run_id"] == newest[row["article_id"]])


def _newest_runs(lake: Lake, version: DatasetVersion, article_ids: Collection[str]) -> dict[str, str]:
    """Return the run that wrote last about the chunks of each article; runs stand in the order of their versions."""
    numbers = {one.run_id: one.number for one in all_versions(lake) if one.number <= version.number}
    wanted = pa.array(article_ids, pa.string())
    newest: dict[str, str] = {}
    for part in scan(lake.table("chunks", version.chunks_version), "article_id, run_id"):
        for row in part.filter(pc.is_in(part["article_id"], wanted)).to_pylist():
            before = newest.setdefault(row["article_id"], row["run_id"])
            newest[row["article_id"]] = max(before, row["run_id"], key=lambda run_id: numbers.get(run_id, 0))
    return newest
