"""Boilerplate: passages that are in many articles of one author, or of the whole source, and so say nothing.

Passages are counted over the newest texts of an author, and of the whole source: a run reads one object for each
author, however many articles the lake knows. Counts of an author that are lost are made again from the originals.

Which passages a text loses is decided when a run first asks about it, and stored. Later boilerplate changes nothing
there, so the chunks and answers of a text stay the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa

from ownvoice.articles.table import ArticleRow, column_in, read_articles
from ownvoice.chunks.cleaning import clean, cleaning_version, cleaning_versions
from ownvoice.chunks.passages import passages
from ownvoice.config.recipe import Cleaning
from ownvoice.config.run import RefreshRun
from ownvoice.states import ArticleState
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import passages_key, reading_key
from ownvoice.storage.versions import DatasetVersion

_WINDOW_TEXTS = 200
_WHOLE_SOURCE = ""  # in the place of an author's id
_PASSAGES = pa.schema([("article_sha256", pa.string()), ("passages", pa.list_(pa.uint64()))])

_Window = dict[str, Sequence[int]]
"""The keys of the passages of each of the newest texts, by the hash of the text, oldest first."""


def find_boilerplate(
    lake: Lake, run: RefreshRun, base: DatasetVersion | None, articles: Iterable[ArticleRow]
) -> dict[str, frozenset[int]]:
    """Return the keys of the boilerplate in the text of each of `articles`, by the hash of the text.

    `articles` are those that the run asks about: duplicates would make boilerplate of whole articles. Their passages
    are counted together with those of earlier runs. What is boilerplate is written down for the steps that follow.
    """
    now: defaultdict[str, _Window] = defaultdict(dict)
    for article in articles:
        now[article.author_id][article.article_sha256] = _keys(lake, run.recipe.cleaning, article.article_sha256)
    before = _windows(lake, run, base, now)
    everywhere = {text: keys for window in now.values() for text, keys in window.items()}
    repeated = _counted(lake, run, _WHOLE_SOURCE, before[_WHOLE_SOURCE], everywhere)
    found = {author: repeated | _counted(lake, run, author, before[author], now[author]) for author in now}
    lake.write_json(run.keys.boilerplate, {author: sorted(keys) for author, keys in found.items()})
    return {text: found[author].intersection(keys) for author in now for text, keys in now[author].items()}


def read_boilerplate(lake: Lake, run: RefreshRun) -> dict[str, frozenset[int]]:
    """Return the keys of the passages that were boilerplate when the run was planned, by author id."""

    def by_author(stored: dict[str, list[int]]) -> dict[str, frozenset[int]]:
        return {author: frozenset(keys) for author, keys in stored.items()}

    return lake.read_record(run.keys.boilerplate, by_author) or {}


def decide_removed_passages(
    lake: Lake, cleaning: Cleaning, article_sha256: str, boilerplate: frozenset[int]
) -> frozenset[int]:
    """Return the keys of the passages that a text loses: those decided before, else `boilerplate` from now on."""
    decided = removed_passages(lake, cleaning, article_sha256)
    if decided is None:
        lake.write_json(reading_key(cleaning_version(cleaning), article_sha256), sorted(boilerplate))
    return boilerplate if decided is None else decided


def removed_passages(lake: Lake, cleaning: Cleaning, article_sha256: str) -> frozenset[int] | None:
    """Return the keys of the passages that are removed from a text; None where that is not decided yet."""
    keys = (reading_key(version, article_sha256) for version in cleaning_versions(cleaning))
    decided = (stored for key in keys if (stored := lake.read_record(key, _integers)) is not None)
    return next(decided, None)


def _integers(stored: list[int]) -> frozenset[int]:
    if not all(isinstance(key, int) for key in stored):
        raise TypeError("a key of a passage is a number")
    return frozenset(stored)


def _keys(lake: Lake, cleaning: Cleaning, article_sha256: str) -> list[int]:
    text = clean(lake.original(article_sha256), cleaning).text
    return sorted({key for key, _ in passages(text)})


def _windows(lake: Lake, run: RefreshRun, base: DatasetVersion | None, authors: Collection[str]) -> dict[str, _Window]:
    """Return what earlier runs counted for the whole source and each author, from the originals where it is lost."""
    stored = {name: _stored_window(lake, run, name) for name in (_WHOLE_SOURCE, *authors)}
    windows: dict[str, _Window] = {name: _from_rows(rows) if rows else {} for name, rows in stored.items()}
    lost = [author for author in authors if stored[author] is None]
    for article in read_articles(lake, base, column_in("author_id", lost)).values() if lost else ():
        window = windows[article.author_id]
        if article.state is ArticleState.CURRENT and len(window) < _WINDOW_TEXTS:
            window[article.article_sha256] = _keys(lake, run.recipe.cleaning, article.article_sha256)
    return windows


def _stored_window(lake: Lake, run: RefreshRun, name: str) -> pa.Table | None:
    keys = (passages_key(version, name) for version in cleaning_versions(run.recipe.cleaning))
    return next((rows for key in keys if (rows := lake.read_rows(key, _PASSAGES)) is not None), None)


def _counted(lake: Lake, run: RefreshRun, name: str, before: _Window, now: _Window) -> frozenset[int]:
    """Return the keys that enough texts of an author, or of all, share; store the keys of the newest texts."""
    window = {text: keys for text, keys in before.items() if text not in now} | now
    if not run.dry_run:
        newest = list(window.items())[-_WINDOW_TEXTS:]
        rows = [{"article_sha256": text, "passages": keys} for text, keys in newest]
        key = passages_key(cleaning_version(run.recipe.cleaning), name)
        lake.write_rows(key, pa.Table.from_pylist(rows, schema=_PASSAGES))
    counts = Counter(key for keys in window.values() for key in keys)
    fewest = max(run.boilerplate_min_articles, run.boilerplate_min_share * len(window))
    return frozenset(key for key, count in counts.items() if count >= fewest)


def _from_rows(rows: pa.Table) -> _Window:
    return {row["article_sha256"]: row["passages"] for row in rows.to_pylist()}
