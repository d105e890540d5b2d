"""The articles that the lake knows: the rows of `tables/articles`.

A lake may know millions of articles. A run asks for the rows that concern it: the table is streamed past a filter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, fields
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.states import ArticleState
from ownvoice.storage.conditions import literal
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.tables import ARTICLES
from ownvoice.storage.versions import DatasetVersion


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One row of `tables/articles`; the schema in `storage.tables` describes the columns."""

    article_id: str
    author_id: str
    title: str
    language: str
    licence: str
    consent: str
    source_key: str
    source_object: str
    source_tag: str
    article_sha256: str
    cluster_key: str
    split: str
    state: ArticleState
    written_sha256: str | None
    written_date: dt.date | None
    last_run: str | None
    published_at: str = ""


RowFilter = Callable[[pa.RecordBatch], pa.BooleanArray]
"""Says of each row of a batch whether it is wanted."""


def read_articles(lake: Lake, version: DatasetVersion | None, where: RowFilter) -> dict[str, ArticleRow]:
    """Return the articles of a dataset version that meet `where`, by id; none where there is no version yet."""
    if version is None:
        return {}
    rows = scan(lake.table("articles", version.articles_version))
    return {article.article_id: article for batch in rows for article in from_rows(batch.filter(where(batch)))}


def live_text_hashes(lake: Lake, version: DatasetVersion | None) -> set[str]:
    """Return the hashes of the texts of all articles that are in the source, as far as a dataset version knows."""
    if version is None:
        return set()
    table = lake.table("articles", version.articles_version)
    rows = scan(table, "article_sha256", f"state <> {literal(ArticleState.REMOVED)}")
    return {text for batch in rows for text in batch["article_sha256"].to_pylist()}


def column_in(column: str, values: Collection[str]) -> RowFilter:
    """Return a filter for the articles whose `column` is one of `values`."""
    wanted = pa.array(values, pa.string())
    return lambda batch: pc.is_in(batch[column], wanted)


def below_folders(folders: Iterable[str]) -> RowFilter:
    """Return a filter for the articles with an object below one of `folders`; the empty folder is the whole source."""
    prefixes = [f"{folder}/" if folder else "" for folder in folders]
    return any_of(*(_starting_with(prefix) for prefix in prefixes))


def any_of(*filters: RowFilter) -> RowFilter:
    """Return a filter for the articles that meet at least one of `filters`."""
    return lambda batch: reduce(pc.or_, (one(batch) for one in filters), pa.array([False] * batch.num_rows))


def _starting_with(prefix: str) -> RowFilter:
    return lambda batch: pc.starts_with(batch["source_object"], prefix)


def from_rows(rows: pa.Table | pa.RecordBatch) -> list[ArticleRow]:
    """Return the articles of Arrow rows of `tables/articles`; columns that rows of an older release lack are empty."""
    names = [field.name for field in fields(ArticleRow)]
    there = [name for name in names if name in rows.schema.names]
    lacking = dict.fromkeys(set(names).difference(there), "")
    return [
        ArticleRow(**lacking | row | {"state": ArticleState(row["state"])}) for row in rows.select(there).to_pylist()
    ]


def to_rows(articles: Iterable[ArticleRow]) -> pa.Table:
    """Return articles as Arrow rows of `tables/articles`."""
    return pa.Table.from_pylist([asdict(article) for article in articles], schema=ARTICLES)
