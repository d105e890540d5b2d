"""`/versions`: every dataset version, what it added and retired, whether it was verified, and who trained on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from ownvoice.dataset.verified import read_verification
from ownvoice.pages.cache import CACHE
from ownvoice.pages.paging import ResultPage
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import DatasetVersion, all_versions

VERSIONS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """A training run on a version, as its row of `tables/runs` has it."""

    run_id: str
    verdict: str


class VersionsPage(TypedDict):
    """Versions, newest first. `verified` and `trainings` are by version number."""

    versions: Sequence[DatasetVersion]
    result_page: ResultPage
    verified: Mapping[int, dict[str, Any] | None]
    trainings: Mapping[int, Sequence[TrainedOn]]


def versions_page(lake: Lake, number: int = 1) -> VersionsPage:
    """Return result page `number` of the versions."""
    found = _newest_first(lake)
    result_page = ResultPage(number, len(found), VERSIONS_PER_PAGE)
    shown = result_page.cut(found)
    return {
        "versions": shown,
        "result_page": result_page,
        "verified": {one.number: read_verification(lake, one.number) for one in shown},
        "trainings": trainings_by_version(lake),
    }


def trainings_by_version(lake: Lake) -> Mapping[int, Sequence[TrainedOn]]:
    """Return the trainings that have reported, by the version that they were trained on."""
    table = lake.table("runs")
    if table is None:
        return {}

    def read() -> dict[int, list[TrainedOn]]:
        of_version: dict[int, list[TrainedOn]] = defaultdict(list)
        where = "kind = 'training' AND version IS NOT NULL ORDER BY refresh_date, run_id"
        for batch in scan(table, "run_id, verdict, version", where):
            for row in batch.to_pylist():
                of_version[row["version"]].append(TrainedOn(row["run_id"], row["verdict"]))
        return dict(of_version)

    return CACHE.get((lake.uri, "trainings", table.version()), read)


def _newest_first(lake: Lake) -> tuple[DatasetVersion, ...]:
    table = lake.table("pairs")
    if table is None:
        return ()
    return CACHE.get((lake.uri, "versions", table.version()), lambda: tuple(reversed(all_versions(lake))))
