"""The report of a refresh as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ownvoice.dataset.refresh_report import ModelSpend, RefreshReport, ReportedAudit, Spend
from ownvoice.reports.formats import dollars, words
from ownvoice.terminal import in_one_line, wrapped

_BAR_CHARS = 30
_LABEL_CHARS, _WORTH_CHARS, _AUDIT_CHARS = 12, len("nothing new "), len("pass  ")
_NO_PRICE = "price not known"


def report_lines(report: RefreshReport) -> Iterator[str]:
    """Yield a report: both verdicts and what warns, then articles, chunks, spend, triples, audits and version."""
    yield from wrapped(f"Refresh {report.run_id} of {report.refresh_date}")
    yield from verdict_lines(report)
    if report.store:
        yield from _line("store", report.store.sentence)
    yield from _line("articles", _listed(report.articles))
    if report.passed_over:
        yield from _line("passed over", _listed(report.passed_over))
    if report.left_out:
        yield from _line("left out", _listed(report.left_out))
    for fault in report.quarantined:
        why = f"{fault.reason} ({in_one_line(fault.detail)})"
        yield from wrapped(f"  quarantined {in_one_line(fault.source_key)}: {why}", 4)
    if report.dry_run:
        yield from _line("dry run", _planned(report))
        return
    yield from _work_lines(report)
    yield from audit_lines(report.audits)
    version = report.version
    if version and version.rejected_by:
        yield from _line("second", version.rejected_by)
    yield from _line("version", f"{version.number}, digest {version.digest[:16]}…" if version else "no new one")


def verdict_lines(report: RefreshReport) -> Iterator[str]:
    """Yield what the night did and what its data is worth, what is new about it and what stands as before."""
    yield from _judged("night", report.night.verdict, report.night.sentence, _WORTH_CHARS)
    yield from _judged("data", words(report.data.verdict), report.data.sentence, _WORTH_CHARS)
    for clause in report.unusual:
        yield from _line("unusual", clause)
    for one in (one for one in report.warnings if one.is_new):
        yield from _line("new", f"{words(one.name)}: {one.sentence}")
        yield from wrapped(" " * _LABEL_CHARS + one.advice, _LABEL_CHARS) if one.advice else ()
    for one in (one for one in report.warnings if not one.is_new):
        yield from _line("standing", f"{words(one.name)}, on {one.nights:,} nights since {one.since}")


def verdict_message(report: RefreshReport) -> str:
    """Return both verdicts and what is new in a few sentences, for a notifier."""
    new = ", ".join([*(words(one.name) for one in report.warnings if one.is_new), *report.unusual])
    return (
        f"night {report.night.verdict}, data {words(report.data.verdict)}. {report.night.sentence} "
        f"{report.data.sentence}{f' New: {new}.' if new else ''}"
    )


def audit_lines(audits: Iterable[ReportedAudit]) -> Iterator[str]:
    """Yield what each audit found."""
    for audit in audits:
        yield from _judged(
            "audit", audit.verdict, f"{words(audit.name)} of {audit.subject}: {audit.sentence}", _AUDIT_CHARS
        )


def _work_lines(report: RefreshReport) -> Iterator[str]:
    yield from _line("chunks", _listed(dict(report.chunks)) + f"; {report.retries:,} requests asked again")
    for batch in report.failed_batches:
        yield from wrapped(f"  {batch} failed: its chunks wait for the next run, and its spend is counted", 4)
    yield from _line("tokens", _listed(dict(report.tokens)) + " (this run; stored answers cost nothing)")
    yield from _line("spend", _spent(report.spend))
    if len(report.spend.models) > 1:
        for name, one in report.spend.models.items():
            yield from wrapped(f"  {name:24} {_spent(one)}", 4)
    yield from _bars({"triples": report.triples.total, "kept": report.triples.kept, **report.triples.dropped})
    if report.instruction_kinds:
        yield from _line("kinds", _listed(report.instruction_kinds))
    for kind, counts in report.further_prompts.items():
        yield from wrapped(f"  {words(kind):24} {_listed(counts)}", 4)
    yield from _line("pairs", _listed(dict(report.pairs)))
    if report.retired_for:
        yield from _line("retired", _listed(report.retired_for) + " (lost to articles of this run)")


def _judged(label: str, verdict: str, sentence: str, verdict_chars: int) -> Iterator[str]:
    yield from wrapped(f"{label:{_LABEL_CHARS}}{verdict:{verdict_chars}}{sentence}", _LABEL_CHARS + verdict_chars)


def _line(label: str, text: str) -> Iterator[str]:
    yield from wrapped(f"{label:{_LABEL_CHARS}}{text}", _LABEL_CHARS)


def _planned(report: RefreshReport) -> str:
    planned = report.planned
    return (
        f"{planned.chunks} chunks of {planned.articles} articles, about "
        f"{planned.estimated_prompt_tokens:,} tokens in and at most {planned.most_completion_tokens:,} out, "
        f"{dollars(report.spend.planned.cost_usd, _NO_PRICE)}"
    )


def _spent(spend: Spend | ModelSpend) -> str:
    return (
        f"{dollars(spend.spent.cost_usd, _NO_PRICE)}; {spend.spent.tokens:,} tokens of "
        f"{spend.reserved_tokens:,} reserved, {spend.wasted_tokens:,} wasted"
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _bars(counts: dict[str, int]) -> Iterator[str]:
    most = max(*counts.values(), 1)
    for name, count in counts.items():
        yield f"  {name:24} {count:>7,} {'█' * -(-count * _BAR_CHARS // most)}"
