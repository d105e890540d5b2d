"""The proof of a version, from the lake alone: every pair against its original, the rows against the digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ownvoice.chunks import render
from ownvoice.dataset.digest import empty_lattice, is_digest, lattice_of
from ownvoice.dataset.refresh_dates import date_groups, pairs_by_date
from ownvoice.dataset.verify_across import faults_across_articles
from ownvoice.errors import StorageError
from ownvoice.pairs.reviewed import review_fault
from ownvoice.states import GENERATED_FROM
from ownvoice.storage.conditions import one_of
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.side_tables import side_table_faults
from ownvoice.storage.tables import TABLES
from ownvoice.storage.versions import version_or_latest
from ownvoice.storage.withdrawn import withdrawn_of

_PAIRS_AT_A_TIME = 50_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked. `failed` maps pair ids to what is wrong with them; `faults` are those of the whole version.

    `withdrawn` counts the pairs that takedowns took out of it: the digest is that of the `pairs` left and their sum.
    """

    version: int
    pairs: int
    failed: dict[str, str]
    digest_matches: bool
    clusters_on_both_sides: tuple[str, ...]
    faults: tuple[str, ...] = ()
    withdrawn: int = 0

    @property
    def passed(self) -> bool:
        """Whether the version is what it says it is."""
        return not (self.failed or self.faults or self.clusters_on_both_sides) and self.digest_matches


def verify(lake: Lake, version: int | None = None) -> Verification:
    """Check `version` (or the newest) from the lake alone.

    Of every pair: `chosen == render(original, spans)`, its id is its own, and its article is generated from with that
    very text and on that side of the split; it holds no passage that articles on both sides have, and no chosen answer
    of another article; a rejected answer that a person wrote is the one in the review that it names. Of the version:
    its digest, its count, its side tables, the split.
    """
    expected = version_or_latest(lake, version)
    faults = list(side_table_faults(lake, expected))
    articles = {} if faults else _articles(lake, expected.articles_version)
    failed = dict.fromkeys(_repeated_ids(lake, expected.number), "its pair_id is that of another pair too")
    lattice, pairs = empty_lattice(), 0
    sides: dict[str, set[str]] = defaultdict(set)
    for row in _rows(lake, expected.number):
        pairs += 1
        lattice = lattice + lattice_of([row])
        article = articles.get(row["article_id"])
        sides[article["cluster_key"] if article else row["article_id"]].add(row["split"])
        if fault := _fault(lake, row) or (None if faults else _fault_of_article(article, row)):
            failed.setdefault(row["pair_id"], fault)
    if not faults:
        for pair_id, fault in faults_across_articles(lake, expected):
            failed.setdefault(pair_id, fault)
    gone = withdrawn_of(lake, expected.number)
    if pairs + gone.pairs != expected.pairs:
        withdrawn = f", of which {gone.pairs} were withdrawn" if gone.pairs else ""
        faults.append(f"it holds {pairs} pairs, and {expected.pairs} were committed{withdrawn}")
    return Verification(
        version=expected.number,
        pairs=pairs,
        failed=failed,
        digest_matches=is_digest(expected.digest, lattice, gone.sums),
        clusters_on_both_sides=tuple(sorted(key for key, found in sides.items() if len(found) > 1)),
        faults=tuple(faults),
        withdrawn=gone.pairs,
    )


def _repeated_ids(lake: Lake, version: int) -> list[str]:
    query = "true GROUP BY pair_id HAVING count(*) > 1"
    table = lake.table_as_committed("pairs", version)
    return [row for batch in scan(table, "pair_id", query) for row in batch["pair_id"].to_pylist()]


def _rows(lake: Lake, version: int) -> Iterator[dict[str, Any]]:
    # In the order of the originals, so that each is read and cleaned once; a sort holds all, so some dates at a time.
    table = lake.table_as_committed("pairs", version)
    assert table is not None, "it has this version"
    for dates in date_groups(pairs_by_date(table), _PAIRS_AT_A_TIME):
        where = f"{one_of('refresh_date', dates)} ORDER BY article_sha256, pair_id"
        for batch in scan(table, where=where):
            yield from batch.to_pylist()


def _articles(lake: Lake, articles_version: int) -> dict[str, dict[str, Any]]:
    """Return what the version says of each article that pairs may come from, by id."""
    columns = "article_id, cluster_key, split, state, written_sha256"
    rows = scan(lake.table_as_committed("articles", articles_version), columns, "written_sha256 IS NOT NULL")
    return {row["article_id"]: row for batch in rows for row in batch.to_pylist()}


def _fault_of_article(article: dict[str, Any] | None, row: dict[str, Any]) -> str | None:
    """Return what is wrong between a pair and the row of its article in the same version."""
    if article is None or article["state"] not in GENERATED_FROM:
        return f"its article {row['article_id']} is not one that this version holds pairs of"
    if article["written_sha256"] != row["article_sha256"]:
        return f"it comes from another text of article {row['article_id']} than this version holds pairs of"
    if article["split"] != row["split"]:
        return f"it is on the {row['split']} side of the split, and its article on the {article['split']} side"
    return None


def _fault(lake: Lake, row: dict[str, Any]) -> str | None:
    content = _original(lake, row["article_sha256"])
    if isinstance(content, StorageError):
        return str(content)
    spans = tuple((span["start"], span["end"]) for span in row["spans"])
    if render(content, spans, row["cleaning_version"]) != row["chosen"]:
        return "chosen is not what stands at its spans in the original"
    return review_fault(lake, dict.fromkeys(TABLES["pairs"].names) | row)


@lru_cache(maxsize=2)
def _original(lake: Lake, article_sha256: str) -> str | StorageError:
    try:
        return lake.original(article_sha256)
    except StorageError as error:
        return error
