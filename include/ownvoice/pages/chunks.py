"""`/chunks`: the chunks of one refresh with their tries, filtered, a result page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from ownvoice.dataset.chunk_rows import query_run_chunks, run_chunks
from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.pages.cache import CACHE
from ownvoice.pages.paging import ResultPage
from ownvoice.reports.report import find_judged
from ownvoice.states import ChunkState
from ownvoice.storage.conditions import all_of, equals_given, literal
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import DatasetVersion, find_version

CHUNKS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ChunkFilter:
    """Which chunks are wanted; an empty field asks nothing. `error` is a fault met, `reason` a drop reason."""

    state: str = ""
    error: str = ""
    article_id: str = ""
    batch: str = ""
    reason: str = ""

    def as_sql(self) -> str:
        """Return the condition."""
        conditions = [equals_given(state=self.state, article_id=self.article_id, batch=self.batch)]
        if self.error:
            conditions.append(f"array_has(faults, {literal(self.error)})")
        if self.reason:
            conditions.append(f"array_has(map_keys(drop_reasons), {literal(self.reason)})")
        return all_of(*conditions)


class ChunksPage(TypedDict):
    """The chunks that are `wanted`, in the order of the articles; `states` and `batches` are choices of the filter.

    A run without a version has no chunks, and one that has not reported no `report` either.
    """

    run_id: str
    report: RefreshReport | None
    chunks: Sequence[ChunkRow]
    result_page: ResultPage
    wanted: ChunkFilter
    no_filter: ChunkFilter
    states: Sequence[ChunkState]
    batches: Sequence[str]


def chunks_page(lake: Lake, run_id: str, wanted: ChunkFilter, number: int = 1) -> ChunksPage | None:
    """Return result page `number` of the run's chunks; None where the lake knows no such refresh."""
    report = find_judged(lake, run_id)
    if report is None and lake.read_json(RunKeys(run_id).run) is None:
        return None
    version = find_version(lake, report.version.number) if report and report.version else None
    result_page = ResultPage(number, _count(lake, version, wanted), CHUNKS_PER_PAGE)
    return {
        "run_id": run_id,
        "report": report,
        "chunks": _rows(lake, version, wanted, result_page),
        "result_page": result_page,
        "wanted": wanted,
        "no_filter": ChunkFilter(),
        "states": list(ChunkState),
        "batches": _batches(lake, version),
    }


def _count(lake: Lake, version: DatasetVersion | None, wanted: ChunkFilter) -> int:
    if version is None:
        return 0

    def count() -> int:
        (row,) = query_run_chunks(lake, version, "count(*) AS found", wanted.as_sql())
        return int(row["found"])

    return CACHE.get((lake.uri, "chunks", version.number, wanted), count)


def _rows(
    lake: Lake, version: DatasetVersion | None, wanted: ChunkFilter, result_page: ResultPage
) -> Sequence[ChunkRow]:
    if version is None:
        return []
    order = f"ORDER BY article_id, chunk_index LIMIT {result_page.size} OFFSET {result_page.first}"
    return list(run_chunks(lake, version, f"{wanted.as_sql()} {order}"))


def _batches(lake: Lake, version: DatasetVersion | None) -> list[str]:
    if version is None:
        return []

    def read() -> list[str]:
        rows = query_run_chunks(lake, version, "DISTINCT batch", "true ORDER BY batch")
        return [row["batch"] for row in rows]

    return CACHE.get((lake.uri, "batches", version.number), read)
