"""The sixth step of a refresh: its report, as one JSON file, one page and one row of `tables/runs`."""

from __future__ import annotations

from ownvoice.config.run import recorded_run
from ownvoice.dataset.refresh_report import RefreshReport, find_report
from ownvoice.dataset.run_row import write_run_row
from ownvoice.errors import StorageError
from ownvoice.reports.collect import collect_report
from ownvoice.reports.earlier import read_refreshes, reports_of
from ownvoice.reports.history import nights_before, refresh_of, unusual
from ownvoice.reports.html import write_page
from ownvoice.reports.verdict import judged, with_verdicts
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import RunRow
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import latest_version, refreshed_version, version_of_run

_SUBJECTS = ("night", "data")


def write_report(lake: Lake, run_id: str) -> RefreshReport:
    """Write the run's report, its page and its row of `tables/runs`; return the report.

    Repeated, it writes the same again.
    """
    version = version_of_run(lake, run_id)
    report = _compared(lake, collect_report(lake, recorded_run(lake, run_id), version))
    lake.write_json(RunKeys(run_id).report, report.model_dump(mode="json"))
    write_run_row(lake, run_row(report))
    write_page(lake, report, version)
    return report


def read_report(lake: Lake, run_id: str | None = None) -> RefreshReport:
    """Return the report of a run, or of the run that made the newest version.

    Raises `StorageError` where there is none.
    """
    if run_id is None:
        version = refreshed_version(lake, latest_version(lake))
        run_id = version.run_id if version else None
    if run_id is None:
        raise StorageError(f"{lake.uri} holds no version, so no newest report. Run a refresh, or name a run.")
    report = find_judged(lake, run_id)
    if report is None:
        raise StorageError(
            f"{lake.uri} holds no report of run {run_id!r}. `ownvoice versions` lists runs with a version."
        )
    return report


def find_judged(lake: Lake, run_id: str) -> RefreshReport | None:
    """Return the report of a refresh with its verdicts, also that of an earlier Ownvoice; None where there is none."""
    report = find_report(lake, run_id)
    return report and with_verdicts(report)


def _compared(lake: Lake, report: RefreshReport) -> RefreshReport:
    """Return the report with its verdicts and with what is unusual about it, beside the nights before it."""
    table = lake.table("runs")
    refreshes = read_refreshes(table) if table else ()
    nights = nights_before(report.refresh_date, report.run_id, refreshes)
    found = judged(report, reports_of(lake, nights, report))
    one = refresh_of(run_row(found))
    return found.model_copy(update={"unusual": list(unusual(one, nights)) if one.is_full else []})


def run_row(report: RefreshReport) -> RunRow:
    """Return the row of `tables/runs` that sums up a report."""
    version, triples = report.version, report.triples
    counts = {
        "dry_run": int(report.dry_run),
        "audits_warning": sum(audit.verdict == "warn" for audit in report.audits),
        **{f"{of}_warnings_new": sum(one.is_new and one.of == of for one in report.warnings) for of in _SUBJECTS},
        "warnings_standing": sum(not one.is_new for one in report.warnings),
        **{f"articles_{name}": count for name, count in report.articles.items()},
        "passed_over": sum(report.passed_over.values()),
        **{f"left_out_{name}": count for name, count in report.left_out.items()},
        **{f"chunks_{name}": count for name, count in report.chunks},
        **{f"dropped_{name}": count for name, count in triples.dropped.items()},
        "triples": triples.total,
        "kept": triples.kept,
        **{f"pairs_{name}": count for name, count in report.pairs},
        **{f"retired_{name}": count for name, count in report.retired_for.items()},
        **{f"{name}_tokens": count for name, count in report.tokens},
    }
    return {
        "run_id": report.run_id,
        "kind": "refresh",
        "refresh_date": report.refresh_date,
        "verdict": report.verdict,
        "version": version.number if version else None,
        "digest": version.digest if version else None,
        "recipe_id": report.recipe_id,
        "retries": report.retries,
        "cost_usd": report.spend.spent.cost_usd,
        "duration_s": report.duration_s,
        "counts": counts,
        "report_key": RunKeys(report.run_id).report,
    }
