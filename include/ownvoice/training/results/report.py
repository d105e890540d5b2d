"""The last step of a training: what it did, as one JSON file, a picture of its curves, and one row of `tables/runs`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ownvoice.dataset.run_row import write_run_row
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.terminal import printable
from ownvoice.training.planning.variants import read_variants
from ownvoice.training.results.comparison import comparison_lines, write_comparison
from ownvoice.training.results.curves import curves_svg
from ownvoice.training.results.outcome import read_outcome


def write_run_report(lake: Lake, run_id: str, refresh_date: dt.date) -> tuple[list[str], dict[str, str]]:
    """Report each training of a run, and compare them where there are several.

    Return it as lines for a terminal, and the verdicts by the run id of the training; none where nothing was planned.
    """
    variants = read_variants(lake, run_id)
    reports = [write_training_report(lake, training, refresh_date) for training in variants.run_ids.values()]
    lines = [line for report in reports for line in (*training_lines(report), "")]
    if len(reports) > 1:
        lines += comparison_lines(write_comparison(lake, run_id, variants))
    return lines, {report["run_id"]: report["verdict"] for report in reports}


def write_training_report(lake: Lake, run_id: str, refresh_date: dt.date) -> dict[str, Any]:
    """Write `report.json`, `curves.svg` and the row of one training; return the report.

    Repeated, it writes the same again. `verdict` is that of the health rules where a model was trained, else how the
    trainer ended. Raises `StorageError` where no such training was planned.
    """
    outcome = read_outcome(lake, run_id)
    keys = RunKeys(run_id)
    result = outcome.result or {"exit": outcome.ended, "message": "the trainer left no result; its task's log says why"}
    report: dict[str, Any] = {
        "run_id": run_id,
        "refresh_date": refresh_date.isoformat(),
        "dataset_version": outcome.run.dataset_version,
        "recipe_id": outcome.run.recipe.recipe_id,
        "verdict": result["health"]["verdict"] if outcome.is_trained else outcome.ended,
        "result": result,
        "samples": lake.read_json(keys.samples) or [],
        "publication": outcome.publication and asdict(outcome.publication),
        "curves_key": keys.curves,
        "report_key": RunKeys(run_id).report,
    }
    lake.store.write(report["curves_key"], curves_svg(outcome.metrics).encode())
    lake.write_json(report["report_key"], report)
    write_run_row(lake, _row(report))
    return report


def read_training_report(lake: Lake, run_id: str) -> dict[str, Any]:
    """Return the report of a training. Raises `StorageError` where there is none."""
    report = lake.read_json(RunKeys(run_id).report)
    if report is None or "recipe_id" not in report or "result" not in report:
        raise StorageError(f"{lake.uri} holds no report of a training run {run_id!r}.")
    return dict(report)


def training_lines(report: dict[str, Any]) -> Iterator[str]:
    """Yield a report as text that fits a terminal."""
    result = report["result"]
    yield f"Training {report['run_id']} on dataset version {report['dataset_version']}: {report['verdict']}"
    yield f"recipe     {report['recipe_id']}"
    if result.get("message"):
        yield f"message    {result['message']}"
    if "final" in result:
        test = result["test"]
        yield f"rows       {result['rows']['train']} train, {result['rows']['test']} test, {result['steps']} steps"
        yield f"loss       {float(result['first_loss']):.4f} at first, {float(result['final']['loss']):.4f} at last"
        yield f"test       loss {float(test['eval_loss']):.4f}"
        for finding in result["health"]["findings"]:
            yield f"  {finding['level']}: {finding['reason']}"
    for answered in report["samples"]:
        yield f"▸ {answered['question']}"
        yield f"  base     {printable(answered['base'])[:200]}"
        yield f"  trained  {printable(answered['trained'])[:200]}"
    if published := report["publication"]:
        yield f"published  {published['repo_id']} at {published['revision'][:12]}, tag {published['tag']}"


def _counts(result: dict[str, Any]) -> dict[str, int]:
    """Return the numbers of a result that are counts."""
    counts = {f"{split}_pairs": count for split, count in result.get("rows", {}).items()}
    for split, reasons in result.get("rows_left_out", {}).items():
        counts[f"{split}_left_out"] = sum(reasons.values())
    for name in ("steps", "peak_memory_bytes"):
        if name in result:
            counts[name] = round(result[name])
    return counts


def _row(report: dict[str, Any]) -> dict[str, Any]:
    return {
        "run_id": report["run_id"],
        "kind": "training",
        "refresh_date": dt.date.fromisoformat(report["refresh_date"]),
        "verdict": report["verdict"],
        "version": report["dataset_version"],
        "digest": report["result"].get("dataset", {}).get("digest"),
        "recipe_id": report["recipe_id"],
        "retries": None,
        "cost_usd": report["result"].get("estimated_usd"),
        "duration_s": report["result"].get("total_seconds"),
        "counts": _counts(report["result"]),
        "report_key": report["report_key"],
    }
