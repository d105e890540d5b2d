"""Reports and pairs as text that fits a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from ownvoice.dataset.refresh_report import ModelSpend, RefreshReport, ReportedAudit, Spend
from ownvoice.dataset.verify import Verification
from ownvoice.pairs.try_prompt import TriedChunk
from ownvoice.storage.versions import DatasetVersion
from ownvoice.terminal import printable

_BAR_CHARS = 30
_COLUMN_CHARS = 46
_WIDTH_CHARS = 2 * _COLUMN_CHARS + 5


def report_lines(report: RefreshReport) -> Iterator[str]:
    """Yield a report: articles, the waterfall from chunks to pairs with a bar each, what was dropped and why."""
    yield f"Refresh {report.run_id} of {report.refresh_date}: {report.verdict}"
    if report.store:
        yield "store      " + report.store.sentence
    yield "articles   " + _listed(report.articles)
    if report.left_out:
        yield "left out   " + _listed(report.left_out)
    for fault in report.quarantined:
        yield f"  quarantined {printable(fault.source_key)}: {fault.reason} ({printable(fault.detail)})"
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


def version_lines(versions: Iterable[DatasetVersion]) -> Iterator[str]:
    """Yield a table of versions, oldest first."""
    yield f"{'version':>7}  {'refresh date':12}  {'pairs':>7}  {'added':>7}  {'retired':>7}  {'digest':16}  run"
    for one in versions:
        yield (
            f"{one.number:>7}  {one.refresh_date!s:12}  {one.pairs:>7}  {one.added:>7}  {one.retired:>7}  "
            f"{one.digest[:16]}  {one.run_id}"
        )


def pair_lines(pair: dict[str, Any]) -> Iterator[str]:
    """Yield one pair: the prompt, then chosen and rejected side by side, then where the chosen one stands."""
    yield from textwrap.wrap(f"▸ {printable(pair['prompt'])}", _WIDTH_CHARS)
    left, right = (textwrap.wrap(printable(pair[side]), _COLUMN_CHARS) for side in ("chosen", "rejected"))
    yield f"  {'chosen (the author)':{_COLUMN_CHARS}}   rejected ({pair['rejected_model']})"
    for row in range(max(len(left), len(right))):
        columns = (column[row] if row < len(column) else "" for column in (left, right))
        yield "  " + " │ ".join(f"{column:{_COLUMN_CHARS}}" for column in columns).rstrip()
    spans = ", ".join(f"{span['start']}–{span['end']}" for span in pair["spans"])
    yield f"  {printable(pair['article_id'])} · characters {spans} · {pair['split']} · pair {pair['pair_id'][:12]}"


def tried_lines(tried: TriedChunk) -> Iterator[str]:
    """Yield a chunk that a prompt was tried on, and each triple with its verdict."""
    yield f"{printable(tried.source_key)}: {len(tried.text):,} characters" + "".join(
        f", {fault}" for fault in tried.faults
    )
    for one in tried.triples:
        yield from textwrap.wrap(f"[{one.verdict}] {printable(one.triple.instruction)}", _WIDTH_CHARS)
        for name, text in (("quote", one.triple.extracted_answer), ("model", one.triple.generated_answer)):
            yield from textwrap.wrap(
                printable(text), _WIDTH_CHARS, initial_indent=f"  {name}  ", subsequent_indent=" " * 9
            )
    yield ""


def verification_lines(found: Verification) -> Iterator[str]:
    """Yield what a verification found."""
    if found.passed:
        yield (
            f"version {found.version}: all {found.pairs} pairs stand verbatim in their originals, the digest matches, "
            "no cluster lies on both sides of the split"
        )
        return
    yield f"version {found.version} is NOT what it says it is:"
    yield from (f"  pair {pair_id}: {fault}" for pair_id, fault in found.failed.items())
    if not found.digest_matches:
        yield "  the rows do not give the digest that was committed"
    yield from (f"  cluster {printable(key)} lies on both sides of the split" for key in found.clusters_on_both_sides)


def _planned(report: RefreshReport) -> str:
    planned = report.planned
    return (
        f"dry run    {planned.chunks} chunks of {planned.articles} articles, about "
        f"{planned.estimated_prompt_tokens:,} tokens in and at most {planned.most_completion_tokens:,} out, "
        f"{_dollars(report.spend.planned.cost_usd)}"
    )


def _spent(spend: Spend | ModelSpend) -> str:
    return (
        f"{_dollars(spend.spent.cost_usd)}; {spend.spent.tokens:,} tokens of {spend.reserved_tokens:,} reserved, "
        f"{spend.wasted_tokens:,} wasted"
    )


def _dollars(cost_usd: float | None) -> str:
    return "price not known" if cost_usd is None else f"${cost_usd:,.4f}"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _bars(counts: dict[str, int]) -> Iterator[str]:
    most = max(*counts.values(), 1)
    for name, count in counts.items():
        yield f"  {name:24} {count:>7,} {'█' * -(-count * _BAR_CHARS // most)}"
