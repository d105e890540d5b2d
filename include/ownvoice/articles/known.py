"""What the lake knows of each article: a row of `tables/articles`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pyarrow as pa

from ownvoice.lake import Lake, scan
from ownvoice.life import ArticleState
from ownvoice.tables import ARTICLES
from ownvoice.versions import DatasetVersion


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """One row of `tables/articles`; the columns are described there."""

    article_id: str
    author_id: str
    title: str
    language: str
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


def known_articles(lake: Lake, version: DatasetVersion | None) -> dict[str, KnownArticle]:
    """Return every article that dataset `version` knows, by id; nothing where there is no version yet."""
    if version is None:
        return {}
    rows = scan(lake.table("articles", version.articles_version))
    return {article.article_id: article for batch in rows for article in from_rows(batch)}


def from_rows(rows: pa.Table | pa.RecordBatch) -> list[KnownArticle]:
    """Read rows whose columns include those of `tables/articles`."""
    names = [field.name for field in fields(KnownArticle)]
    return [KnownArticle(**row | {"state": ArticleState(row["state"])}) for row in rows.select(names).to_pylist()]


def to_rows(articles: Iterable[KnownArticle]) -> pa.Table:
    """Write articles as rows of `tables/articles`."""
    return pa.Table.from_pylist([asdict(article) for article in articles], schema=ARTICLES)
