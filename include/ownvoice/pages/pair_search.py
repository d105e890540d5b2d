"""Searching the pairs of one dataset version, newest refresh date first, a result page at a time.

A version may hold millions of pairs. The log of the table names its refresh dates and how many pairs each has, so that
a search reads a few dates at a time: first the ids of the pairs that it finds, then the whole rows that are shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from ownvoice.dataset.refresh_dates import date_groups, pairs_by_date
from ownvoice.dataset.refresh_report import find_report
from ownvoice.pages.cache import CACHE
from ownvoice.storage.conditions import all_of, equals_given, literal, one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.versions import DatasetVersion

if TYPE_CHECKING:
    from deltalake import DeltaTable

PAIRS_PER_PAGE = 20
_ROWS_PER_QUERY = 20_000
_MAX_ROWS = 100_000  # that one search looks through; the next one goes on from there
_ORDER = "refresh_date DESC, article_id, pair_id"
_TEXTS = ("prompt", "chosen", "rejected")


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Which pairs are wanted; an empty field asks nothing. `text` is searched for in prompt, chosen and rejected."""

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


@dataclass(frozen=True, slots=True)
class Place:
    """The last pair of a result page, in the order of the search; without ids, all pairs of its refresh date."""

    date: dt.date
    article_id: str = ""
    pair_id: str = ""

    def may_follow(self, date: dt.date) -> bool:
        """Whether pairs of a refresh date can come after this place."""
        return date < self.date or (date == self.date and bool(self.article_id))

    def as_sql(self) -> str:
        """Return the condition for the pairs that come after."""
        date, article, pair = (literal(value) for value in (self.date, self.article_id, self.pair_id))
        if not self.article_id:
            return f"refresh_date < {date}"
        same_date = f"article_id > {article} OR (article_id = {article} AND pair_id > {pair})"
        return f"(refresh_date < {date} OR (refresh_date = {date} AND ({same_date})))"


class Found(NamedTuple):
    """What a search found: pairs, the place after which it goes on (None at the end), and the rows it looked at."""

    pairs: Sequence[PairRow]
    next: Place | None
    looked_at: int


class _Ids(TypedDict):
    refresh_date: dt.date
    article_id: str
    pair_id: str


def search_pairs(lake: Lake, version: DatasetVersion, wanted: PairFilter, after: Place | None = None) -> Found:
    """Return the first pairs of `version` that are `wanted`, those that come `after` a place where one is given."""
    table = lake.table("pairs", version.number)
    assert table is not None, "the version is an entry of this table's log"
    sizes = CACHE.get((lake.uri, "pairs by date", version.number), lambda: pairs_by_date(table))
    possible = _possible_dates(lake, version, wanted)
    remaining = {
        date: size
        for date, size in sizes.items()
        if (possible is None or date in possible) and (after is None or after.may_follow(date))
    }
    found, looked_at, stopped_at = _find(table, remaining, wanted, after)
    shown = found[:PAIRS_PER_PAGE]
    is_more = len(found) > PAIRS_PER_PAGE
    return Found(_whole_rows(table, shown), _place(shown[-1]) if is_more else stopped_at, looked_at)


def _possible_dates(lake: Lake, version: DatasetVersion, wanted: PairFilter) -> set[dt.date] | None:
    """Return the refresh dates at which wanted pairs can have been made; None where it may be any."""
    dates: set[dt.date] | None = None
    if wanted.author_id or wanted.article_id:
        where = equals_given(author_id=wanted.author_id, article_id=wanted.article_id)
        rows = scan(lake.table("articles", version.articles_version), "DISTINCT written_date", where)
        dates = {row["written_date"] for batch in rows for row in batch.to_pylist()}
    if wanted.run_id and (report := find_report(lake, wanted.run_id)):
        dates = {report.refresh_date} if dates is None else dates & {report.refresh_date}
    return dates


def _find(
    table: DeltaTable, sizes: Mapping[dt.date, int], wanted: PairFilter, after: Place | None
) -> tuple[list[_Ids], int, Place | None]:
    """Return the ids of a result page of pairs and of one more, the rows looked at, and where it stopped early."""
    found: list[_Ids] = []
    looked_at, last = 0, dt.date.max
    for dates in date_groups(sizes, _ROWS_PER_QUERY, first_rows=PAIRS_PER_PAGE):  # most pages need no more
        if looked_at >= _MAX_ROWS:
            return found, looked_at, Place(last)
        conditions = [one_of("refresh_date", dates), wanted.as_sql(), *([after.as_sql()] if after else [])]
        limit = f"ORDER BY {_ORDER} LIMIT {PAIRS_PER_PAGE + 1 - len(found)}"
        rows = scan(table, "refresh_date, article_id, pair_id", f"{all_of(*conditions)} {limit}")
        found += [row for batch in rows for row in batch.to_pylist()]
        looked_at += sum(sizes[date] for date in dates)
        last = dates[-1]
        if len(found) > PAIRS_PER_PAGE:
            break
    return found, looked_at, None


def _whole_rows(table: DeltaTable, found: Sequence[_Ids]) -> list[PairRow]:
    if not found:
        return []
    where = all_of(
        one_of("refresh_date", {ids["refresh_date"] for ids in found}),
        one_of("article_id", {ids["article_id"] for ids in found}),
        one_of("pair_id", {ids["pair_id"] for ids in found}),
    )
    return [row for batch in scan(table, where=f"{where} ORDER BY {_ORDER}") for row in batch.to_pylist()]


def _place(ids: _Ids) -> Place:
    return Place(ids["refresh_date"], ids["article_id"], ids["pair_id"])
