"""Dataset versions: what each added and retired, whether it was verified, and which models were trained on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.dataset.hub.record import pushes_of_version
from ownvoice.dataset.refresh_report import ReportedAudit, find_report
from ownvoice.dataset.verified import read_verification
from ownvoice.errors import StorageError
from ownvoice.pages.cache import CACHE
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion, all_versions, find_version
from ownvoice.training.results.lineage import lineage_of_version

VERSIONS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Training:
    """A training run on a version, as its row of `tables/runs` tells of it."""

    run_id: str
    verdict: str


def versions_page(lake: Lake, number: int = 1) -> dict[str, Any]:
    """Return page `number` of the versions, newest first, with their verifications and the trainings on them."""
    table = lake.table("pairs")
    found: tuple[DatasetVersion, ...] = ()
    if table is not None:
        key = (lake.uri, "versions", table.version())
        found = CACHE.get(key, lambda: tuple(reversed(all_versions(lake))))
    first = (number - 1) * VERSIONS_PER_PAGE
    shown = found[first : first + VERSIONS_PER_PAGE]
    return {
        "versions": shown,
        "verified": {one.number: read_verification(lake, one.number) for one in shown},
        "trainings": _trainings(lake),
        "total": len(found),
        "number": number,
        "last_number": max(1, -(-len(found) // VERSIONS_PER_PAGE)),
    }


def version_page(lake: Lake, number: int) -> dict[str, Any] | None:
    """Return one version with its size in bytes, its splits and what became of it; None where there is none."""
    version = find_version(lake, number)
    if version is None:
        return None
    size, files = CACHE.get((lake.uri, "size", number), lambda: _size(lake, number))
    return {
        "version": version,
        "size_bytes": size,
        "files": files,
        "splits": CACHE.get((lake.uri, "splits", number), lambda: _splits(lake, number)),
        "verified": read_verification(lake, number),
        "audits": _audits(lake, version),
        "pushes": pushes_of_version(lake, number),
        "descendants": _descendants(lake, number),
    }


def _audits(lake: Lake, version: DatasetVersion) -> list[ReportedAudit]:
    """Return the audits of the version that its refresh reported."""
    report = find_report(lake, version.run_id)
    return [audit for audit in report.audits if audit.scope == "version"] if report else []


def _trainings(lake: Lake) -> dict[int, list[Training]]:
    table = lake.table("runs")
    if table is None:
        return {}

    def read() -> dict[int, list[Training]]:
        of_version: dict[int, list[Training]] = defaultdict(list)
        where = "kind = 'training' AND version IS NOT NULL ORDER BY refresh_date, run_id"
        for batch in scan(table, "run_id, verdict, version", where):
            for row in batch.to_pylist():
                of_version[row["version"]].append(Training(row["run_id"], row["verdict"]))
        return dict(of_version)

    return CACHE.get((lake.uri, "trainings", table.version()), read)


def _descendants(lake: Lake, number: int) -> list[dict[str, Any]]:
    """Return the trainings on a version with what each published; without the report of one, none can be told."""
    try:
        return list(lineage_of_version(lake, number)["trainings"])
    except StorageError:
        return [
            {"run_id": one.run_id, "verdict": one.verdict, "model": None} for one in _trainings(lake).get(number, [])
        ]


def _size(lake: Lake, number: int) -> tuple[int, int]:
    table = lake.table("pairs", number)
    assert table is not None, "a version stands in the table's log"
    sizes = pa.table(table.get_add_actions(flatten=True))["size_bytes"]
    return int(pc.sum(sizes).as_py() or 0), len(sizes)


def _splits(lake: Lake, number: int) -> dict[str, int]:
    rows = scan(lake.table("pairs", number), "split, count(*) AS pairs", "true GROUP BY split ORDER BY split DESC")
    return {row["split"]: row["pairs"] for batch in rows for row in batch.to_pylist()}
