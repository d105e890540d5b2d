"""`/refresh`: one refresh, its report, the waterfall from articles to pairs, its batches and its faults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from ownvoice.articles.changeset import read_listing
from ownvoice.chunks.plan import Plan, read_plan
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.chunk_rows import run_chunks
from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.pages.cache import CACHE
from ownvoice.pairs.staging import CURATED, stage_of_whole_pairs
from ownvoice.reports.advice import Advice, commonest
from ownvoice.reports.charts.batches import batch_chart, fault_chart
from ownvoice.reports.charts.frame import Spec
from ownvoice.reports.report import find_judged
from ownvoice.reports.timeline import TIMELINE_COLUMNS, BatchTime, batch_times, faults_over_time, slowest
from ownvoice.reports.waterfall import Step, waterfall
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import ChunkRow
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import find_version

_SHOWN_FAULTS = 3


class Line(NamedTuple):
    """A step of the waterfall with the total of its stage; `field` and `value` filter for the chunks it counts."""

    step: Step
    whole: int
    field: str
    value: str


class SoFar(NamedTuple):
    """How far a run has come that has not reported: articles by what changed, and batches that passed a step."""

    refresh_date: dt.date
    articles: dict[str, int]
    plan: Plan | None
    generated: int
    curated: int


class RefreshPage(TypedDict):
    """A refresh that has reported. `drops` are all drop reasons, `commonest` the most frequent faults."""

    run_id: str
    report: RefreshReport
    waterfall: Sequence[Line]
    batches: Sequence[BatchTime]
    slowest: Sequence[BatchTime]
    commonest: Sequence[tuple[str, int, Advice]]
    drops: Sequence[tuple[str, int, Advice]]
    batch_chart: Spec | None
    fault_chart: Spec | None


class UnreportedPage(TypedDict):
    """A refresh that has not reported."""

    run_id: str
    report: None
    so_far: SoFar


def refresh_page(lake: Lake, run_id: str) -> RefreshPage | UnreportedPage | None:
    """Return a refresh; None where the lake knows no such run."""
    report = find_judged(lake, run_id)
    if report is None:
        so_far = _so_far(lake, run_id)
        return so_far and {"run_id": run_id, "report": None, "so_far": so_far}
    chunks = _timeline(lake, report)
    batches = batch_times(chunks, report.started_at)
    dropped = report.triples.dropped
    return {
        "run_id": run_id,
        "report": report,
        "waterfall": waterfall_lines(report),
        "batches": batches,
        "slowest": slowest(batches),
        "commonest": commonest(report.faults, _SHOWN_FAULTS),
        "drops": commonest(dropped, len(dropped)),
        "batch_chart": batch_chart(batches),
        "fault_chart": fault_chart(faults_over_time(chunks, report.started_at)),
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


def _timeline(lake: Lake, report: RefreshReport) -> list[ChunkRow]:
    version = find_version(lake, report.version.number) if report.version else None
    if version is None:
        return []
    key = (lake.uri, "timeline", version.number)
    return CACHE.get(key, lambda: list(run_chunks(lake, version, columns=TIMELINE_COLUMNS)))


def _so_far(lake: Lake, run_id: str) -> SoFar | None:
    keys = RunKeys(run_id)
    run = lake.read_record(keys.run, RefreshRun.model_validate)
    if run is None or run.run_id != run_id:
        return None
    plan = read_plan(lake, run) if lake.read_json(keys.plan) else None
    curated = keys.stage(CURATED if run.recipe.rejected_by else stage_of_whole_pairs(run))
    return SoFar(
        run.refresh_date,
        read_listing(lake, run).counts,
        plan,
        generated=len(list(lake.store.objects(keys.outcomes_folder))) if plan else 0,
        curated=len(lake.store.folders(curated)) if plan else 0,
    )
