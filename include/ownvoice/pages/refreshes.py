"""All refreshes: a row of `tables/runs` each, with what is unusual about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ownvoice.pages.cache import CACHE
from ownvoice.reports.history import Refresh, unusual
from ownvoice.storage.lake import Lake, scan

ROWS_PER_PAGE = 50
NIGHTS_IN_TREND = 90


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
