"""The last step of a training: its report as JSON, a picture of its curves, and its row of `tables/runs`."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from ownvoice.dataset.run_row import write_run_row
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import RunRow
from ownvoice.storage.run_keys import RunKeys
from ownvoice.terminal import wrapped
from ownvoice.training.metric_rows import MetricRow
from ownvoice.training.metrics import labelled
from ownvoice.training.mixture.used import mixture_lines
from ownvoice.training.planning.variants import read_variants
from ownvoice.training.result import NOT_ENDED, Sample, TrainingResult
from ownvoice.training.results.comparison import comparison_lines, write_comparison
from ownvoice.training.results.curves import curves_svg
from ownvoice.training.results.publication import Publication
from ownvoice.training.results.training import NO_RESULT, Training, planned_training
from ownvoice.training.run_files import read_file

_SAMPLE_CHARS = 200


def write_run_report(lake: Lake, run_id: str, refresh_date: dt.date) -> tuple[list[str], dict[str, str]]:
    """Report each training of a run, and compare them where there are several.

    Return the lines for a terminal, and the verdicts by run id of the training; none if nothing was planned.
    """
    variants = read_variants(lake, run_id)
    reports = [write_training_report(lake, training, refresh_date) for training in variants.run_ids.values()]
    lines = [line for report in reports for line in (*training_lines(report), "")]
    if len(reports) > 1:
        lines += comparison_lines(write_comparison(lake, run_id, variants))
    return lines, {report.run_id: report.verdict for report in reports}


class TrainingReport(BaseModel):
    """The content of a training's `report.json`.

    `verdict` is that of the health rules or, without a model, the name of the exit. `curves_key` and `report_key` are
    the keys of the picture and of this report in the lake.
    """

    run_id: str
    refresh_date: dt.date
    dataset_version: int
    recipe_id: str
    verdict: str
    result: TrainingResult
    samples: list[Sample] = []
    publication: Publication | None = None
    curves_key: str
    report_key: str

    def stored(self) -> dict[str, Any]:
        """Return the report as `report.json` holds it."""
        return self.model_dump(mode="json") | {"result": self.result.stored()}


def write_training_report(lake: Lake, run_id: str, refresh_date: dt.date) -> TrainingReport:
    """Write `report.json`, `curves.svg` and the row of one training; return the report.

    Repeated, it writes the same again. Raises `StorageError` where no such training was planned.
    """
    training, run = planned_training(lake, run_id)
    report = TrainingReport(
        run_id=run_id,
        refresh_date=refresh_date,
        dataset_version=run.dataset_version,
        recipe_id=run.recipe.recipe_id,
        verdict=training.verdict,
        result=_judged(training),
        samples=training.samples,
        publication=training.publication,
        curves_key=run.keys.curves,
        report_key=run.keys.report,
    )
    lake.store.write(report.curves_key, curves_svg(training.metrics).encode())
    lake.write_json(report.report_key, report.stored())
    write_run_row(lake, _row(report))
    return report


def _judged(training: Training) -> TrainingResult:
    """Return the result with all findings; if the trainer left none, a result that says so."""
    result = training.result
    if result.exit == NOT_ENDED:
        return TrainingResult(exit=NOT_ENDED, message=NO_RESULT)
    return result.model_copy(update={"health": training.health}) if result.is_trained else result


def read_training_report(lake: Lake, run_id: str) -> TrainingReport:
    """Return the report of a training. Raises `StorageError` where there is none that can be read."""
    report = read_file(lake, RunKeys(run_id).report, TrainingReport, [])
    if report is None:
        raise StorageError(f"{lake.uri} holds no report of a training run {run_id!r}.")
    return report


def training_lines(report: TrainingReport) -> Iterator[str]:
    """Yield a report as text that fits a terminal."""
    result = report.result
    yield f"Training {report.run_id} on dataset version {report.dataset_version}: {report.verdict}"
    yield f"recipe     {report.recipe_id}"
    if result.message:
        yield f"message    {result.message}"
    if result.rows and result.steps is not None:
        yield f"rows       {result.rows.train} train, {result.rows.test} test, {result.steps} steps"
    if used := result.mixture:
        yield from mixture_lines(used.by_set(), used.by_class(), used.left_out)
    if result.final and result.first_loss is not None:
        yield f"loss       {result.first_loss:.4f} at first, {result.final['loss']:.4f} at last"
    if result.test:
        yield f"test       {', '.join(_on_test(result.test))}"
    for finding in result.health.findings if result.health else ():
        yield from wrapped(f"  {finding.level}: {finding.reason}", 4)
    for answered in report.samples:
        yield from wrapped(f"▸ {answered.question}", 2)
        for model, text in (("base", answered.base), ("trained", answered.trained)):
            yield from wrapped(f"  {model:9}{textwrap.shorten(text, _SAMPLE_CHARS, placeholder=' …')}", 11)
    if published := report.publication:
        yield f"published  {published.repo_id} at {published.revision[:12]}, tag {published.tag}"


def _on_test(row: MetricRow) -> Iterator[str]:
    for label, metric in labelled().items():
        if metric.test_name in row:
            yield f"{label} {row[metric.test_name]:.4f}"


def _counts(result: TrainingResult) -> dict[str, int]:
    """Return the numbers of a result that are counts."""
    counts: dict[str, int] = {}
    if result.rows:
        counts |= {"train_pairs": result.rows.train, "test_pairs": result.rows.test}
    if left_out := result.rows_left_out:
        counts |= {"train_left_out": sum(left_out.train.values()), "test_left_out": sum(left_out.test.values())}
    measured = {"steps": result.steps, "peak_memory_bytes": result.peak_memory_bytes}
    return counts | {name: count for name, count in measured.items() if count is not None}


def _row(report: TrainingReport) -> RunRow:
    result = report.result
    return {
        "run_id": report.run_id,
        "kind": "training",
        "refresh_date": report.refresh_date,
        "verdict": report.verdict,
        "version": report.dataset_version,
        "digest": result.dataset.digest if result.dataset else None,
        "recipe_id": report.recipe_id,
        "retries": None,
        "cost_usd": result.estimated_usd,
        "duration_s": result.total_seconds,
        "counts": _counts(result),
        "report_key": report.report_key,
    }
