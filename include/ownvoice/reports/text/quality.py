"""What judges say of models as text: quality and voice, each in rows of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ownvoice.evaluation.judges.estimate import Estimate
from ownvoice.evaluation.judges.quality_report import Comparison, QualityReport, read_quality
from ownvoice.reports.formats import NOTHING, words
from ownvoice.storage.lake import Lake
from ownvoice.style.bootstrap import Interval
from ownvoice.terminal import in_one_line, wrapped

_WIDTHS = (8, 14, 19, 6, 7, 7)
_HEADS = ("question", "against", "win rate", "length", "verdict", "none")
_MEANING = (
    "win rate: how often the jury preferred it, ties as half, with its 95 % interval over articles. length: the same "
    "were both answers equally long. verdict, none: prompts with and without a verdict of the jury."
)


def qualities_lines(lake: Lake, run_ids: Iterable[str]) -> Iterator[str]:
    """Yield what judges said of each training that they compared, and what is wrong with what cannot be read."""
    for run_id in run_ids:
        faults: list[str] = []
        report = read_quality(lake, run_id, faults)
        yield from (line for fault in faults for line in wrapped(fault))
        yield from quality_lines(report) if report else ()


def quality_lines(report: QualityReport) -> Iterator[str]:
    """Yield a report: a row for each comparison, each judge's own rate, who was left out, and the cost."""
    yield from wrapped(f"Judges on run {report.run_id}, dataset version {report.dataset_version}")
    if report.why_not:
        yield from wrapped(f"not judged: {report.why_not}", 2)
    if report.comparisons:
        yield _row(_HEADS)
    for one in report.comparisons:
        yield _row(_cells(one))
    for one in report.comparisons:
        yield from _told(one)
    if report.strengths:
        shown = ", ".join(f"{words(name)} {value:+.2f}" for name, value in report.strengths.items())
        yield from wrapped(f"Strengths by Bradley and Terry, quality alone, in nats: {shown}", 2)
    for left in report.left_out:
        yield from wrapped(f"{left.judge} does not count: {left.why}", 2)
    if report.comparisons:
        cost = "cost not known" if report.cost_usd is None else f"${report.cost_usd:,.2f}"
        yield from wrapped(f"{report.prompt_tokens + report.completion_tokens:,} tokens, {cost}")
        yield from wrapped(_MEANING)


def judging_estimate_lines(found: Estimate, judges: int) -> Iterator[str]:
    """Yield what comparing takes, before anything is asked."""
    cost = "; no price is known for some model" if found.cost_usd is None else f", about ${found.cost_usd:,.2f}"
    yield from wrapped(
        f"{judges} judges: {found.requests:,} requests, about {found.prompt_tokens:,} tokens sent and "
        f"{found.completion_tokens:,} received{cost}. What is stored already is not asked again."
    )


def _told(one: Comparison) -> Iterator[str]:
    if one.why_not:
        yield from wrapped(f"{one.question} against {in_one_line(words(one.right))}: not judged, {one.why_not}", 2)
    for judge in one.judges:
        yield from wrapped(
            f"{judge.judge} ({judge.family}), {one.question} against {words(one.right)}: {_share(judge.win_rate)} of "
            f"{judge.items} items, with the jury in {_share(judge.agreed)}",
            2,
        )


def _cells(one: Comparison) -> tuple[str, ...]:
    length = _share(one.length_controlled)
    return one.question, words(one.right), _interval(one.win_rate), length, str(one.verdicts), str(one.no_verdict)


def _row(cells: Iterable[str]) -> str:
    aligned = (f"{in_one_line(cell)[:width]:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return " ".join(aligned)


def _interval(found: Interval | None) -> str:
    return NOTHING if found is None else f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"
