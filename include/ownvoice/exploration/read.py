"""What exploring needs of a dataset version: its articles with their texts, and what its tables count of each."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ownvoice.articles.latest_chunks import latest_chunks
from ownvoice.articles.table import ArticleRow, read_articles
from ownvoice.errors import StorageError, StorageUnavailableError
from ownvoice.evaluation.author_texts import article_text
from ownvoice.exploration.diversity import TEXTS, PairTexts
from ownvoice.states import GENERATED_FROM, ChunkState
from ownvoice.storage.conditions import SELECTED
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion

_MAX_PAIRS = 1000  # whose texts are read to measure diversity


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """Counts by article id: selected pairs of either side, requests of all runs, pairs kept of them, chunks left."""

    train: Counter[str] = field(default_factory=Counter)
    test: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)


def articles_of(lake: Lake, version: DatasetVersion) -> tuple[list[ArticleRow], dict[str, int]]:
    """Return the articles that pairs of a version are generated from, by id, and how many others it has by state."""
    rows = read_articles(lake, version, lambda batch: batch["article_id"].is_valid())
    others = Counter(str(row.state) for row in rows.values() if row.state not in GENERATED_FROM)
    wanted = [rows[name] for name in sorted(rows) if rows[name].state in GENERATED_FROM]
    return wanted, dict(sorted(others.items()))


def read_texts(lake: Lake, articles: Iterable[ArticleRow], unread: list[str]) -> Iterator[tuple[ArticleRow, str]]:
    """Yield each article with its text; one whose original is not whole is added to `unread`."""
    for article in articles:
        try:
            yield article, article_text(lake, article)
        except StorageUnavailableError:
            raise
        except StorageError:
            unread.append(article.article_id)


def count_by_article(lake: Lake, version: DatasetVersion) -> ArticleCounts:
    """Count pairs, requests and chunks of a version by article."""
    found = ArticleCounts()
    where = f"{SELECTED} GROUP BY article_id, split"
    for article_id, split, pairs in _rows(lake, "pairs", version.number, "article_id, split, count(*)", where):
        (found.train if split == "train" else found.test)[article_id] += pairs
    counted = "article_id, sum(requests), sum(kept)"
    where = "requests > 0 GROUP BY article_id"
    for article_id, requests, kept in _rows(lake, "chunks", version.chunks_version, counted, where):
        found.requests[article_id], found.kept[article_id] = requests, kept
    for state, counts in ((ChunkState.DEFERRED, found.waiting), (ChunkState.DEAD, found.dead)):
        counts.update(row["article_id"] for row in latest_chunks(lake, version, state))
    return found


def count_by_kind(lake: Lake, version: DatasetVersion) -> dict[str, int]:
    """Count the selected pairs of each kind of instruction or further prompt; the empty kind is that of neither."""
    kind = "coalesce(augment_kind, instruction_kind)"
    rows = _rows(lake, "pairs", version.number, f"{kind}, count(*)", f"{SELECTED} GROUP BY {kind}")
    return {name or "": pairs for name, pairs in rows}


def read_pair_texts(lake: Lake, version: DatasetVersion, topic_of: dict[str, int | None]) -> PairTexts:
    """Read the texts of at most a thousand selected pairs, those first by their ids, which are hashes."""
    where = f"{SELECTED} ORDER BY pair_id LIMIT {_MAX_PAIRS}"
    rows = list(_rows(lake, "pairs", version.number, f"article_id, {', '.join(TEXTS)}", where))
    texts = {text: [row[place] for row in rows] for place, text in enumerate(TEXTS, start=1)}
    return PairTexts(version.number, version.selected, texts, [topic_of.get(row[0]) for row in rows])


def by_hash(articles: Iterable[ArticleRow]) -> list[ArticleRow]:
    """Return articles in the order of the hashes of their ids: the first of them stay the first as a lake grows."""
    return sorted(articles, key=lambda article: hashlib.sha256(article.article_id.encode()).digest())


def _rows(lake: Lake, table: str, number: int, columns: str, where: str) -> Iterator[tuple[Any, ...]]:
    for batch in scan(lake.table(table, number), columns, where):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
