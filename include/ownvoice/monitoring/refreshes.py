"""All refreshes: a row of `tables/runs` each, with what is unusual about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ownvoice.lake import Lake, scan
from ownvoice.monitoring.cached import CACHE
from ownvoice.monitoring.unusual import unusual

ROWS_PER_PAGE = 50
NIGHTS_IN_TREND = 90


@dataclass(frozen=True, slots=True)
class Refresh:
    """One refresh. `counts` are those of its row; shares are None where there is nothing to take a share of."""

    run_id: str
    refresh_date: dt.date
    verdict: str
    version: int | None
    recipe_id: str
    counts: Mapping[str, int]
    retries: int | None = None
    cost_usd: float | None = None
    duration_s: float | None = None
    unusual: tuple[str, ...] = ()

    def count(self, name: str) -> int:
        """Return one of the counts; what did not happen was not counted."""
        return self.counts.get(name, 0)

    @property
    def is_night(self) -> bool:
        """Whether it went through a night's work: no dry run, and no retry, which asks only about what was dead."""
        return not self.count("dry_run") and "articles_retried" not in self.counts

    @property
    def tokens(self) -> int:
        """Tokens bought, prompts and answers together."""
        return self.count("prompt_tokens") + self.count("completion_tokens")

    @property
    def dead_share(self) -> float | None:
        """Share of the chunks that have no usable answer after every try."""
        return _share(self.count("chunks_dead"), self.count("chunks_total"))

    @property
    def keep_rate(self) -> float | None:
        """Share of the triples that became pairs."""
        return _share(self.count("kept"), self.count("triples"))

    @property
    def verbatim_rate(self) -> float | None:
        """Share of the triples whose quote stands in the article."""
        return _share(self.count("triples") - self.count("dropped_not_verbatim"), self.count("triples"))


def all_refreshes(lake: Lake) -> tuple[Refresh, ...]:
    """Return every refresh that has reported, newest first, each night held against the nights before it."""
    table = lake.table("runs")
    if table is None:
        return ()

    def read() -> tuple[Refresh, ...]:
        order = "kind = 'refresh' ORDER BY refresh_date, run_id"
        rows = (row for batch in scan(table, where=order) for row in batch.to_pylist())
        return tuple(reversed(_marked(_refresh(row) for row in rows)))

    return CACHE.get((lake.uri, "refreshes", table.version()), read)


def refreshes_page(lake: Lake, number: int = 1) -> dict[str, Any]:
    """Return page `number` of the refreshes, the newest night, and those of which the trend is drawn, oldest first.

    Where nothing but dry runs and retries has reported, the newest of these stands for the night.
    """
    found = all_refreshes(lake)
    first = (number - 1) * ROWS_PER_PAGE
    return {
        "rows": found[first : first + ROWS_PER_PAGE],
        "total": len(found),
        "number": number,
        "last_number": max(1, -(-len(found) // ROWS_PER_PAGE)),
        "newest": next((one for one in found if one.is_night), found[0] if found else None),
        "trend": found[:NIGHTS_IN_TREND][::-1],
    }


def _refresh(row: Mapping[str, Any]) -> Refresh:
    return Refresh(
        row["run_id"],
        row["refresh_date"],
        row["verdict"],
        row["version"],
        row["recipe_id"],
        dict(row["counts"]),
        row["retries"],
        row["cost_usd"],
        row["duration_s"],
    )


def _marked(refreshes: Iterable[Refresh]) -> list[Refresh]:
    marked: list[Refresh] = []
    nights: list[Refresh] = []
    for one in refreshes:
        if one.is_night:
            marked.append(replace(one, unusual=tuple(unusual(one, nights))))
            nights.append(one)
        else:
            marked.append(one)
    return marked


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
