"""`/pairs`: the pairs of one dataset version side by side, filtered, a result page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from ownvoice.pages.cache import CACHE
from ownvoice.pages.pair_search import PairFilter, Place, search_pairs
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.versions import DatasetVersion, find_version

_MAX_AUTHORS = 200


class PairsPage(TypedDict):
    """A result page of pairs. `next` is where the next one begins, or None; `looked_at` counts the rows looked at.

    `number` is the version that was asked for, None for the newest; `version` is None where the lake has none such.
    `authors` are choices of the filter.
    """

    number: int | None
    version: DatasetVersion | None
    pairs: Sequence[PairRow]
    next: Place | None
    looked_at: int
    is_first: bool
    wanted: PairFilter
    no_filter: PairFilter
    authors: Sequence[str]


def pairs_page(lake: Lake, number: int | None, wanted: PairFilter, after: Place | None = None) -> PairsPage:
    """Return a result page of the pairs of version `number`, or of the newest version."""
    version = find_version(lake, number)
    pairs, following, looked_at = search_pairs(lake, version, wanted, after) if version else ((), None, 0)
    return {
        "number": number,
        "version": version,
        "pairs": pairs,
        "next": following,
        "looked_at": looked_at,
        "is_first": after is None,
        "wanted": wanted,
        "no_filter": PairFilter(),
        "authors": _authors(lake, version) if version else [],
    }


def _authors(lake: Lake, version: DatasetVersion) -> list[str]:
    def read() -> list[str]:
        where = f"true ORDER BY author_id LIMIT {_MAX_AUTHORS}"
        rows = scan(lake.table("articles", version.articles_version), "DISTINCT author_id", where)
        return [row["author_id"] for batch in rows for row in batch.to_pylist()]

    return CACHE.get((lake.uri, "authors", version.articles_version), read)
