"""Facts about a version for its card, read from the lake: counts by query, and what its refreshes recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.dataset.refresh_report import ReportedAudit, find_report
from ownvoice.storage.conditions import SELECTED
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.takedown_keys import is_of_takedown
from ownvoice.storage.versions import DatasetVersion, all_versions, refreshed_version

if TYPE_CHECKING:
    from deltalake import DeltaTable


@dataclass(frozen=True, slots=True)
class Facts:
    """A version in numbers. `run` made it; `counts` add up what all refreshes up to it found, added and retired.

    `splits` count the selected pairs by side of the split, `left_out` the others.
    """

    version: DatasetVersion
    run: RefreshRun
    splits: Mapping[str, int]
    articles: int
    authors: int
    makers: list[dict[str, Any]]
    counts: Mapping[str, int]
    audits: list[ReportedAudit]
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """The number of selected pairs."""
        return self.version.selected


def facts_of(lake: Lake, version: DatasetVersion) -> Facts:
    """Return what there is to say of `version`. Only columns of a few values are read, never a pair."""
    pairs = lake.table("pairs", version.number)
    makers = "chosen_model, rejected_model, rejected_source, prompt_version"
    refreshed = refreshed_version(lake, version)
    assert refreshed is not None, "a takedown takes from what a refresh made"
    report = find_report(lake, refreshed.run_id)
    distinct = "count(DISTINCT article_id) AS articles, count(DISTINCT author_id) AS authors"
    return Facts(
        version,
        recorded_run(lake, refreshed.run_id),
        splits=_by_split(pairs, SELECTED),
        left_out=_by_split(pairs, f"NOT ({SELECTED})"),
        makers=_counted(pairs, makers),
        counts=_counts(lake, version),
        audits=report.audits if report else [],
        **next(row for batch in scan(pairs, distinct) for row in batch.to_pylist()),
    )


def _by_split(pairs: DeltaTable | None, where: str) -> Mapping[str, int]:
    return {row["split"]: row["pairs"] for row in _counted(pairs, "split", where)}


def _counted(pairs: DeltaTable | None, columns: str, where: str = "true") -> list[dict[str, Any]]:
    grouped = scan(pairs, f"{columns}, count(*) AS pairs", f"{where} GROUP BY {columns} ORDER BY {columns}")
    return [row for batch in grouped for row in batch.to_pylist()]


def _counts(lake: Lake, version: DatasetVersion) -> Mapping[str, int]:
    """Add up the refreshes that led to the version: chunks and triples by what became of them, pairs by the log."""
    counts: Counter[str] = Counter()
    for batch in scan(lake.table("runs"), "counts", f"kind = 'refresh' AND version <= {version.number:d}"):
        for row in batch.to_pylist():
            counts.update({name: count for name, count in row["counts"] if not name.startswith("pairs_")})
    for one in all_versions(lake):
        if one.number <= version.number:
            counts["added"] += one.added
            counts["retired"] += one.retired
            counts["refreshes"] += not is_of_takedown(one.run_id)
    return counts
