"""One refresh: its report, the waterfall from articles to pairs, its batches and its faults."""

from __future__ import annotations

from typing import Any, NamedTuple

from ownvoice.dataset.chunk_rows import run_chunks
from ownvoice.dataset.refresh_report import RefreshReport, find_report
from ownvoice.pages.cache import CACHE
from ownvoice.pairs.staging import CURATED, STAGED, Row
from ownvoice.reports.advice import commonest
from ownvoice.reports.timeline import TIMELINE_COLUMNS, batch_times, faults_over_time, slowest
from ownvoice.reports.waterfall import Step, waterfall
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.storage.versions import find_version


class Line(NamedTuple):
    """A step of the waterfall beside the total of its stage; `field` and `value` find the chunks it counts."""

    step: Step
    whole: int
    field: str
    value: str


def refresh_page(lake: Lake, run_id: str) -> dict[str, Any] | None:
    """Return what there is to see of a refresh; None where the lake knows no such run.

    A run that has not reported yet has no `report`, and `so_far` instead.
    """
    report = find_report(lake, run_id)
    if report is None:
        so_far = _so_far(lake, run_id)
        return so_far and {"run_id": run_id, "report": None, "so_far": so_far}
    chunks = _timeline(lake, report)
    batches = batch_times(chunks, report.started_at)
    return {
        "run_id": run_id,
        "report": report,
        "waterfall": waterfall_lines(report),
        "batches": batches,
        "slowest": slowest(batches),
        "faults_over_time": faults_over_time(chunks, report.started_at),
        "commonest": commonest(report.faults),
        "drops": commonest(report.triples.dropped, most=len(report.triples.dropped)),
    }


def waterfall_lines(report: RefreshReport) -> list[Line]:
    """Return the steps from articles to pairs, each with what it is a share of and how its chunks are found."""
    fields = {"chunks": "state", "triples": "reason"}
    lines: list[Line] = []
    whole = 0
    for step in waterfall(report):
        whole = step.count if step.kind == "total" else whole
        field = fields.get(step.stage, "") if step.kind == "lost" else ""
        lines.append(Line(step, whole, field, step.name.replace(" ", "_")))
    return lines


def _timeline(lake: Lake, report: RefreshReport) -> list[Row]:
    version = find_version(lake, report.version.number) if report.version else None
    if version is None:
        return []
    key = (lake.uri, "timeline", version.number)
    return CACHE.get(key, lambda: list(run_chunks(lake, version, TIMELINE_COLUMNS)))


def _so_far(lake: Lake, run_id: str) -> dict[str, Any] | None:
    """Return how far a run has come that has not reported."""
    keys = RunKeys(run_id)
    run = lake.read_json(keys.run)
    if run is None or run.get("run_id") != run_id:
        return None
    plan = lake.read_json(keys.plan)
    listing = lake.read_json(keys.listing) or {}
    curated = CURATED if run["recipe"].get("rejected_by") else STAGED
    return {
        "refresh_date": run["refresh_date"],
        "articles": listing.get("counts", {}),
        "plan": plan,
        "generated": len(list(lake.store.objects(keys.outcomes_folder))) if plan else 0,
        "curated": len(lake.store.folders(keys.stage(curated))) if plan else 0,
    }
