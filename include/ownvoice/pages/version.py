"""`/version`: one dataset version, its size, splits and audits, where it was pushed and which models it trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pyarrow.compute as pc

from ownvoice.dataset.hub.record import Pushed, pushes_of_version
from ownvoice.dataset.refresh_report import ReportedAudit, find_report
from ownvoice.dataset.verified import read_verification
from ownvoice.errors import StorageError
from ownvoice.pages.cache import CACHE
from ownvoice.pages.versions import trainings_by_version
from ownvoice.reports.charts.audits import audit_specs
from ownvoice.reports.charts.frame import Spec
from ownvoice.storage.conditions import SELECTED
from ownvoice.storage.lake import Lake, files_of, scan
from ownvoice.storage.versions import DatasetVersion, find_version, refreshed_version
from ownvoice.training.results.lineage import lineage_of_version


class VersionPage(TypedDict):
    """One version. `splits` are selected pairs by side of the split, `audits` those of its refresh's report."""

    version: DatasetVersion
    size_bytes: int
    files: int
    splits: Mapping[str, int]
    verified: dict[str, Any] | None
    audits: Sequence[ReportedAudit]
    charts: Mapping[str, Spec]
    pushes: Sequence[Pushed]
    descendants: Sequence[dict[str, Any]]


def version_page(lake: Lake, number: int) -> VersionPage | None:
    """Return one version; None where there is none such."""
    version = find_version(lake, number)
    if version is None:
        return None
    size_bytes, files = CACHE.get((lake.uri, "size", number), lambda: _size(lake, number))
    audits = _audits(lake, version)
    return {
        "version": version,
        "size_bytes": size_bytes,
        "files": files,
        "splits": CACHE.get((lake.uri, "splits", number), lambda: _splits(lake, number)),
        "verified": read_verification(lake, number),
        "audits": audits,
        "charts": audit_specs(audits),
        "pushes": pushes_of_version(lake, number),
        "descendants": _descendants(lake, number),
    }


def _audits(lake: Lake, version: DatasetVersion) -> list[ReportedAudit]:
    refreshed = refreshed_version(lake, version)
    report = find_report(lake, refreshed.run_id) if refreshed else None
    return [audit for audit in report.audits if audit.scope == "version"] if report else []


def _descendants(lake: Lake, number: int) -> list[dict[str, Any]]:
    """Return the trainings on a version with the model that each published.

    Where the report of one cannot be read, the rows of `tables/runs` still name them all, but no model.
    """
    try:
        return list(lineage_of_version(lake, number)["trainings"])
    except StorageError:
        trained = trainings_by_version(lake).get(number, [])
        return [{"run_id": one.run_id, "verdict": one.verdict, "model": None} for one in trained]


def _size(lake: Lake, number: int) -> tuple[int, int]:
    """Return the bytes and the number of the version's files, from the table's log."""
    table = lake.table("pairs", number)
    assert table is not None, "the version is an entry of this table's log"
    sizes = files_of(table)["size_bytes"]
    return int(pc.sum(sizes).as_py() or 0), len(sizes)


def _splits(lake: Lake, number: int) -> dict[str, int]:
    where = f"{SELECTED} GROUP BY split ORDER BY split DESC"
    rows = scan(lake.table("pairs", number), "split, count(*) AS pairs", where)
    return {row["split"]: row["pairs"] for batch in rows for row in batch.to_pylist()}
