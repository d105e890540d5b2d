"""The latest rows about chunks: what the newest run said about the present text of each article.

For people and for retries, not for each refresh: it streams past the whole table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.articles.table import ArticleRow, column_in, read_articles
from ownvoice.states import GENERATED_FROM, ChunkState
from ownvoice.storage.conditions import all_of, equals, equals_given
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import ChunkRow, chunk_rows
from ownvoice.storage.versions import DatasetVersion, all_versions


def latest_chunks(
    lake: Lake, version: DatasetVersion, state: ChunkState, article_id: str | None = None
) -> list[ChunkRow]:
    """Return the latest rows of `tables/chunks` in a state, of all articles or of one, ordered by article and index.

    Rows of earlier texts, of articles that are not generated from now, and of runs before an article's newest are left
    out.
    """
    where = all_of(equals(state=state), equals_given(article_id=article_id))
    table = lake.table("chunks", version.chunks_version)
    rows = [row for batch in scan(table, "*", where) for row in chunk_rows(batch)]
    articles = read_articles(lake, version, column_in("article_id", {row["article_id"] for row in rows}))
    newest_runs = _newest_runs(lake, version, articles)
    latest = [row for row in rows if _is_latest(row, articles, newest_runs)]
    return sorted(latest, key=lambda row: (row["article_id"], row["chunk_index"]))


def _is_latest(row: ChunkRow, articles: Mapping[str, ArticleRow], newest_runs: Mapping[str, str]) -> bool:
    article = articles.get(row["article_id"])
    if article is None or article.state not in GENERATED_FROM or row["article_sha256"] != article.article_sha256:
        return False
    return row["run_id"] == newest_runs[row["article_id"]]


def _newest_runs(lake: Lake, version: DatasetVersion, article_ids: Collection[str]) -> dict[str, str]:
    """Return, for each article, the run that wrote about its chunks last, by the order of the runs' versions."""
    numbers = {one.run_id: one.number for one in all_versions(lake) if one.number <= version.number}
    wanted = pa.array(article_ids, pa.string())
    newest: dict[str, str] = {}
    for part in scan(lake.table("chunks", version.chunks_version), "article_id, run_id"):
        for row in part.filter(pc.is_in(part["article_id"], wanted)).to_pylist():
            before = newest.setdefault(row["article_id"], row["run_id"])
            newest[row["article_id"]] = max(before, row["run_id"], key=lambda run_id: numbers.get(run_id, 0))
    return newest
