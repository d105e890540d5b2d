"""The report of a refresh as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from ownvoice.dataset.refresh_report import ModelSpend, RefreshReport, ReportedAudit, Spend
from ownvoice.reports.formats import dollars
from ownvoice.terminal import in_one_line, printable

_BAR_CHARS = 30
_WIDTH_CHARS = 97
_NO_PRICE = "price not known"


def report_lines(report: RefreshReport) -> Iterator[str]:
    """Yield a report: articles, chunks, spend, triples by what became of them with a bar each, audits and version."""
    yield f"Refresh {report.run_id} of {report.refresh_date}: {report.verdict}"
    if report.store:
        yield "store      " + report.store.sentence
    yield "articles   " + _listed(report.articles)
    if report.passed_over:
        yield "passed over " + _listed(report.passed_over)
    if report.left_out:
        yield "left out   " + _listed(report.left_out)
    for fault in report.quarantined:
        yield f"  quarantined {in_one_line(fault.source_key)}: {fault.reason} ({in_one_line(fault.detail)})"
    if report.dry_run:
        yield _planned(report)
        return
    yield "chunks     " + _listed(dict(report.chunks)) + f"; {report.retries:,} requests asked again"
    for batch in report.failed_batches:
        yield f"  {batch} failed: its chunks wait for the next run, and what it spent is in the spend"
    yield "tokens     " + _listed(dict(report.tokens)) + " (this run; stored answers cost nothing)"
    yield f"spend      {_spent(report.spend)}"
    if len(report.spend.models) > 1:
        yield from (f"  {printable(name):24} {_spent(one)}" for name, one in report.spend.models.items())
    yield from _bars({"triples": report.triples.total, "kept": report.triples.kept, **report.triples.dropped})
    if report.instruction_kinds:
        yield "kinds      " + _listed(report.instruction_kinds)
    yield "pairs      " + _listed(dict(report.pairs))
    if report.retired_for:
        yield ("retired    " + _listed(report.retired_for) + " (lost to articles of this run)")
    yield from audit_lines(report.audits)
    version = report.version
    yield f"version    {version.number}, digest {version.digest[:16]}…" if version else "version    no new one"


def audit_lines(audits: Iterable[ReportedAudit]) -> Iterator[str]:
    """Yield what each audit found, and what to do below those that warn."""
    for audit in audits:
        name = audit.name.replace("_", " ")
        line = f"audit      {audit.verdict}  {name} of {audit.subject}: {printable(audit.sentence)}"
        yield from textwrap.wrap(line, _WIDTH_CHARS, subsequent_indent=" " * 17)
        yield from textwrap.wrap(audit.advice, _WIDTH_CHARS, initial_indent=" " * 17, subsequent_indent=" " * 17)


def _planned(report: RefreshReport) -> str:
    planned = report.planned
    return (
        f"dry run    {planned.chunks} chunks of {planned.articles} articles, about "
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
