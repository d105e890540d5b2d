"""The proof of a version, from the lake alone: every pair against its original, the rows against the digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ownvoice.chunks import render
from ownvoice.dataset.digest import digest_of, empty_lattice, lattice_of
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import version_or_latest


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked. `failed` maps pair ids to what is wrong with them."""

    version: int
    pairs: int
    failed: dict[str, str]
    digest_matches: bool
    clusters_on_both_sides: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the version is what it says it is."""
        return not self.failed and self.digest_matches and not self.clusters_on_both_sides


def verify(lake: Lake, version: int | None = None) -> Verification:
    """Check `version` (or the newest): `chosen == render(original, spans)` for every pair, the digest, the split."""
    expected = version_or_latest(lake, version)
    failed: dict[str, str] = {}
    lattice = empty_lattice()
    pairs = 0
    sides: dict[str, set[str]] = defaultdict(set)
    clusters = _clusters(lake, expected.articles_version)
    for row in _rows(lake, expected.number):
        pairs += 1
        lattice = lattice + lattice_of([row])
        sides[clusters.get(row["article_id"], row["article_id"])].add(row["split"])
        if fault := _fault(lake, row):
            failed[row["pair_id"]] = fault
    return Verification(
        version=expected.number,
        pairs=pairs,
        failed=failed,
        digest_matches=digest_of(lattice) == expected.digest and pairs == expected.pairs,
        clusters_on_both_sides=tuple(sorted(key for key, found in sides.items() if len(found) > 1)),
    )


def _rows(lake: Lake, version: int) -> Iterator[dict[str, Any]]:
    # In the order of the originals, so that each is read and cleaned once.
    for batch in scan(lake.table("pairs", version), where="true ORDER BY article_sha256, pair_id"):
        yield from batch.to_pylist()


def _clusters(lake: Lake, articles_version: int) -> dict[str, str]:
    rows = scan(lake.table("articles", articles_version), "article_id, cluster_key")
    return {row["article_id"]: row["cluster_key"] for batch in rows for row in batch.to_pylist()}


def _fault(lake: Lake, row: dict[str, Any]) -> str | None:
    content = _original(lake, row["article_sha256"])
    if isinstance(content, StorageError):
        return str(content)
    spans = tuple((span["start"], span["end"]) for span in row["spans"])
    if render(content, spans, row["cleaning_version"]) != row["chosen"]:
        return "chosen is not what stands at its spans in the original"
    return None


@lru_cache(maxsize=2)
def _original(lake: Lake, article_sha256: str) -> str | StorageError:
    try:
        return lake.original(article_sha256)
    except StorageError as error:
        return error
