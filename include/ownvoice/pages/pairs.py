"""Pairs of one dataset version, newest night first, a page at a time.

A version may hold millions. Its nights and their sizes stand in the table's log, so that a page reads the few nights
it needs, first the ids alone and then the rows that are shown.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ownvoice.dataset.refresh_report import find_report
from ownvoice.pages.cache import CACHE
from ownvoice.pairs.staging import Row
from ownvoice.storage.conditions import all_of, equals, equals_given, literal, one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion, find_version

if TYPE_CHECKING:
    from deltalake import DeltaTable

PAIRS_PER_PAGE = 20
_ROWS_AT_A_TIME = 20_000
_MAX_ROWS = 100_000  # that one page looks through; a search goes on from there
_MAX_AUTHORS = 200
_ORDER = "refresh_date DESC, article_id, pair_id"


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Which pairs are wanted; what is empty is not asked for. `text` is looked for in prompt, chosen and rejected."""

    author_id: str = ""
    article_id: str = ""
    split: str = ""
    run_id: str = ""
    text: str = ""

    def as_sql(self) -> str:
        """Return the condition."""
        condition = equals_given(
            author_id=self.author_id, article_id=self.article_id, split=self.split, created_by_run=self.run_id
        )
        if not self.text:
            return condition
        texts = (f"strpos(lower({name}), lower({literal(self.text)})) > 0" for name in _TEXTS)
        return all_of(condition, f"({' OR '.join(texts)})")


_TEXTS = ("prompt", "chosen", "rejected")


@dataclass(frozen=True, slots=True)
class Place:
    """The last pair of a page, in the order of the pages, or a whole night where it names none."""

    date: dt.date
    article_id: str = ""
    pair_id: str = ""

    def may_follow(self, date: dt.date) -> bool:
        """Whether pairs of the night `date` can come after."""
        return date < self.date or (date == self.date and bool(self.article_id))

    def as_sql(self) -> str:
        """Return the condition for what comes after."""
        date, article, pair = (literal(value) for value in (self.date, self.article_id, self.pair_id))
        if not self.article_id:
            return f"refresh_date < {date}"
        same_night = f"article_id > {article} OR (article_id = {article} AND pair_id > {pair})"
        return f"(refresh_date < {date} OR (refresh_date = {date} AND ({same_night})))"


def pairs_page(lake: Lake, number: int | None, wanted: PairFilter, after: Place | None = None) -> dict[str, Any] | None:
    """Return a page of the pairs of version `number`, or of the newest; None where there is no such version.

    `next` is where the next page begins, or None. `looked_at` counts the rows that the page went through.
    """
    version = find_version(lake, number)
    if version is None:
        return None
    table = lake.table("pairs", version.number)
    assert table is not None, "a version stands in the table's log"
    nights = CACHE.get((lake.uri, "nights", version.number), lambda: night_sizes(table))
    dates = _dates(lake, version, wanted)
    chosen = {date: size for date, size in nights.items() if dates is None or date in dates}
    found, looked_at, goes_on = _walk(table, chosen, wanted, after)
    return {
        "version": version,
        "pairs": _rows(table, found[:PAIRS_PER_PAGE]),
        "next": _place(found[PAIRS_PER_PAGE - 1]) if len(found) > PAIRS_PER_PAGE else goes_on,
        "looked_at": looked_at,
        "authors": CACHE.get((lake.uri, "authors", version.articles_version), lambda: _authors(lake, version)),
    }


def pair_row(lake: Lake, number: int, date: dt.date, pair_id: str) -> Row | None:
    """Return one pair of version `number`, or None."""
    version = find_version(lake, number)
    if version is None:
        return None
    where = equals(refresh_date=date, pair_id=pair_id)
    batches = scan(lake.table("pairs", version.number), where=where)
    return next((row for batch in batches for row in batch.to_pylist()), None)


def night_sizes(table: DeltaTable) -> dict[dt.date, int]:
    """Return how many pairs each refresh date holds, newest first, from the table's log alone."""
    files = pa.table(table.get_add_actions(flatten=True)).select(["partition.refresh_date", "num_records"]).to_pylist()
    sizes: Counter[dt.date] = Counter()
    for file in files:
        sizes[file["partition.refresh_date"]] += file["num_records"]
    return dict(sorted(sizes.items(), reverse=True))


def _dates(lake: Lake, version: DatasetVersion, wanted: PairFilter) -> set[dt.date] | None:
    """Return the nights in which what is wanted can stand; None where it may be any."""
    dates: set[dt.date] | None = None
    if wanted.author_id or wanted.article_id:
        where = equals_given(author_id=wanted.author_id, article_id=wanted.article_id)
        rows = scan(lake.table("articles", version.articles_version), "DISTINCT written_date", where)
        dates = {row["written_date"] for batch in rows for row in batch.to_pylist()}
    if wanted.run_id and (report := find_report(lake, wanted.run_id)):
        of_run = {report.refresh_date}
        dates = of_run if dates is None else dates & of_run
    return dates


def _walk(
    table: DeltaTable, nights: Mapping[dt.date, int], wanted: PairFilter, after: Place | None
) -> tuple[list[Row], int, Place | None]:
    """Return the places of the next pairs (one more than a page where there are more), and how far it looked."""
    found: list[Row] = []
    looked_at, last = 0, dt.date.max
    remaining = {date: size for date, size in nights.items() if after is None or after.may_follow(date)}
    for dates in _parts(remaining):
        if looked_at >= _MAX_ROWS:
            return found, looked_at, Place(last)
        conditions = [one_of("refresh_date", dates), wanted.as_sql(), *([after.as_sql()] if after else [])]
        limit = f"ORDER BY {_ORDER} LIMIT {PAIRS_PER_PAGE + 1 - len(found)}"
        rows = scan(table, "refresh_date, article_id, pair_id", f"{all_of(*conditions)} {limit}")
        found += [row for batch in rows for row in batch.to_pylist()]
        looked_at += sum(remaining[date] for date in dates)
        last = dates[-1]
        if len(found) > PAIRS_PER_PAGE:
            break
    return found, looked_at, None


def _parts(nights: Mapping[dt.date, int]) -> Iterator[list[dt.date]]:
    """Yield the nights in groups that are worth one query each; the first is small, as most pages need no more."""
    part: list[dt.date] = []
    rows, most = 0, PAIRS_PER_PAGE
    for date, size in nights.items():
        part.append(date)
        rows += size
        if rows >= most:
            yield part
            part, rows, most = [], 0, _ROWS_AT_A_TIME
    if part:
        yield part


def _rows(table: DeltaTable, places: list[Row]) -> list[Row]:
    """Read the pairs at `places` whole."""
    if not places:
        return []
    where = all_of(*(one_of(name, {place[name] for place in places}) for name in places[0]))
    return [row for batch in scan(table, where=f"{where} ORDER BY {_ORDER}") for row in batch.to_pylist()]


def _place(row: Row) -> Place:
    return Place(row["refresh_date"], row["article_id"], row["pair_id"])


def _authors(lake: Lake, version: DatasetVersion) -> list[str]:
    query = f"true ORDER BY author_id LIMIT {_MAX_AUTHORS}"
    rows = scan(lake.table("articles", version.articles_version), "DISTINCT author_id", query)
    return [row["author_id"] for batch in rows for row in batch.to_pylist()]
