"""Boilerplate: passages that stand in many articles of one author, or of the whole source, and so say nothing.

passages/<cleaning>/<set>.parquet   the passages of the newest texts of a set: an author, or all
readings/<cleaning>/<sha256>.json   what is left out of the reading of a text, decided when it is first asked about

Counting goes over the newest texts of a set, so that a night reads one object an author, whatever the lake knows; an
author's counts that are not there are made again from the originals. What becomes boilerplate later changes no reading
that was decided: the chunks and answers of a text stay what they were.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa

from ownvoice.articles.table import ArticleRow, column_in, read_articles
from ownvoice.chunks.cleaning import clean, cleaning_version
from ownvoice.chunks.passages import passages
from ownvoice.config.recipe import Cleaning
from ownvoice.config.run import RefreshRun
from ownvoice.states import ArticleState
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import passages_key, reading_key
from ownvoice.storage.versions import DatasetVersion

_WINDOW_TEXTS = 200
_ALL = ""
_PASSAGES = pa.schema([("article_sha256", pa.string()), ("passages", pa.list_(pa.uint64()))])

_Window = dict[str, Sequence[int]]  # the keys of the passages of each text, by its hash, oldest first


def find_boilerplate(
    lake: Lake, run: RefreshRun, base: DatasetVersion | None, articles: Iterable[ArticleRow]
) -> dict[str, frozenset[int]]:
    """Return the keys of the boilerplate in the text of each of `articles`, by its hash.

    Their passages are counted beside those of earlier nights; `articles` are those that are to be asked about, since
    duplicates would count for nothing but their own number. Tonight's boilerplate is written down for who curates.
    """
    tonight: defaultdict[str, _Window] = defaultdict(dict)
    for article in articles:
        tonight[article.author_id][article.article_sha256] = _keys(lake, run.recipe.cleaning, article.article_sha256)
    before = _windows(lake, run, base, tonight)
    everywhere = {text: keys for window in tonight.values() for text, keys in window.items()}
    repeated = _counted(lake, run, _ALL, before[_ALL], everywhere)
    found = {author: repeated | _counted(lake, run, author, before[author], tonight[author]) for author in tonight}
    lake.write_json(_key(run), {author: sorted(keys) for author, keys in found.items()})
    return {text: found[author].intersection(keys) for author in tonight for text, keys in tonight[author].items()}


def read_boilerplate(lake: Lake, run: RefreshRun) -> dict[str, frozenset[int]]:
    """Return the keys of all that was boilerplate when the run was planned, by author."""
    return {author: frozenset(keys) for author, keys in (lake.read_json(_key(run)) or {}).items()}


def decide_reading(lake: Lake, cleaning: Cleaning, article_sha256: str, boilerplate: frozenset[int]) -> frozenset[int]:
    """Fix that the reading of a text leaves out `boilerplate`; return what it does, which may be decided already."""
    decided = left_out(lake, cleaning, article_sha256)
    if decided is None:
        lake.write_json(_reading_key(cleaning, article_sha256), sorted(boilerplate))
    return boilerplate if decided is None else decided


def left_out(lake: Lake, cleaning: Cleaning, article_sha256: str) -> frozenset[int] | None:
    """Return the keys of the passages that the reading of a text leaves out; None where nothing was decided yet."""
    stored = lake.read_json(_reading_key(cleaning, article_sha256))
    return None if stored is None else frozenset(stored)


def _keys(lake: Lake, cleaning: Cleaning, article_sha256: str) -> list[int]:
    text = clean(lake.original(article_sha256), cleaning).text
    return sorted({key for key, _ in passages(text)})


def _windows(lake: Lake, run: RefreshRun, base: DatasetVersion | None, authors: Collection[str]) -> dict[str, _Window]:
    """Return what earlier nights counted for all and for each author, from the originals where it was lost."""
    stored = {name: lake.read_rows(_window_key(run, name)) for name in (_ALL, *authors)}
    windows = {name: _from_rows(rows) if rows else {} for name, rows in stored.items()}
    lost = [author for author in authors if stored[author] is None]
    for article in read_articles(lake, base, column_in("author_id", lost)).values() if lost else ():
        window = windows[article.author_id]
        if article.state is ArticleState.CURRENT and len(window) < _WINDOW_TEXTS:
            window[article.article_sha256] = _keys(lake, run.recipe.cleaning, article.article_sha256)
    return windows


def _counted(lake: Lake, run: RefreshRun, name: str, before: _Window, tonight: _Window) -> frozenset[int]:
    """Return the keys that many texts of a set share, and keep the newest of its texts."""
    window = {text: keys for text, keys in before.items() if text not in tonight} | tonight
    if not run.dry_run:
        newest = list(window.items())[-_WINDOW_TEXTS:]
        rows = [{"article_sha256": text, "passages": keys} for text, keys in newest]
        lake.write_rows(_window_key(run, name), pa.Table.from_pylist(rows, schema=_PASSAGES))
    counts = Counter(key for keys in window.values() for key in keys)
    fewest = max(run.boilerplate_min_articles, run.boilerplate_min_share * len(window))
    return frozenset(key for key, count in counts.items() if count >= fewest)


def _from_rows(rows: pa.Table) -> _Window:
    return {row["article_sha256"]: row["passages"] for row in rows.to_pylist()}


def _window_key(run: RefreshRun, name: str) -> str:
    return passages_key(cleaning_version(run.recipe.cleaning), name)


def _reading_key(cleaning: Cleaning, article_sha256: str) -> str:
    return reading_key(cleaning_version(cleaning), article_sha256)


def _key(run: RefreshRun) -> str:
    return run.keys.boilerplate
