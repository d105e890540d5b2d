"""A style report as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ownvoice.evaluation.stored import read_style
from ownvoice.evaluation.style_report import Copying, StyleReport, SubjectStyle
from ownvoice.reports.formats import NOTHING, percent, words
from ownvoice.storage.lake import Lake
from ownvoice.style.bootstrap import Interval
from ownvoice.style.distances import Measured
from ownvoice.terminal import in_one_line, wrapped

_NAME_CHARS, _OVER_USED_SHOWN = 13, 12
_HEADS = ("answers", "score", "above base", "delta", "JSD", "copied", "words", "nats")
_WIDTHS = (7, 6, 20, 5, 5, 6, 5, 5)
_MEANING = (
    "score: mean probability that the author wrote an answer, its words of content hidden; above base with its 95 % "
    "interval over articles. delta, JSD: Cosine Delta and Jensen-Shannon distance of function words, each in "
    "distances of the author's own held-out text of equal size: up to 1.2 is the author's, below 1.8 nearer than "
    "another writer. copied: answers with eight words in a row of the author's articles, chosen ones of other articles "
    "than their own. words: median of an answer. "
    "nats: for a token of the author's held-out text."
)


def styles_lines(lake: Lake, run_ids: Iterable[str]) -> Iterator[str]:
    """Yield the style report of each training that has one, and what is wrong with one that cannot be read."""
    for run_id in run_ids:
        faults: list[str] = []
        report = read_style(lake, run_id, faults)
        yield from (line for fault in faults for line in wrapped(fault))
        yield from style_lines(report) if report else ()


def style_lines(report: StyleReport) -> Iterator[str]:
    """Yield a report: what was judged on what, a row for each subject, the words that each uses too often."""
    of = f"run {report.run_id} on dataset version" if report.run_id else "dataset version"
    yield from wrapped(f"Style of {in_one_line(of)} {report.dataset_version}")
    if not report.judged:
        yield from wrapped(f"not judged: {in_one_line(report.why_not or 'no reason is known')}", 12)
        return
    author = in_one_line(report.author_id or "")
    yield from wrapped(f"{report.prompts} held-out prompts from {report.articles} articles of {author}")
    yield _row("", _HEADS)
    for one in report.subjects:
        yield _row(in_one_line(words(one.name)), _cells(one))
    if floor := report.copying_floor:
        share, run = percent(floor.share), floor.longest_run_words
        yield from wrapped(f"The author's own articles: {share} hold eight words of another one; longest run {run}.")
    for one in report.subjects:
        yield from _over_used(one)
    yield from wrapped(_MEANING)


def _cells(one: SubjectStyle) -> tuple[str, ...]:
    return (
        str(one.answers),
        NOTHING if one.score is None else f"{one.score:.2f}",
        _difference(one.above_base),
        _ratio(one.cosine_delta),
        _ratio(one.jensen_shannon),
        _share(one.copying),
        _whole(one.description.median_words),
        NOTHING if one.nats_per_token is None else f"{one.nats_per_token:.2f}",
    )


def _whole(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0f}"


def _row(name: str, cells: tuple[str, ...]) -> str:
    aligned = (f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"{name[:_NAME_CHARS]:{_NAME_CHARS}} {' '.join(aligned)}".rstrip()


def _difference(found: Interval | None) -> str:
    return NOTHING if found is None else f"{found.mean:+.2f} [{found.low:+.2f}, {found.high:+.2f}]"


def _ratio(found: Measured | None) -> str:
    return NOTHING if found is None else f"{found.ratio:.2f}" if found.ratio < 10 else f"{found.ratio:.0f}"


def _share(found: Copying | None) -> str:
    return NOTHING if found is None else percent(found.share)


def _over_used(one: SubjectStyle) -> Iterator[str]:
    most = one.over_used[:_OVER_USED_SHOWN]
    if shown := ", ".join(f"{in_one_line(used.word)} {used.count} ({used.author_count})" for used in most):
        yield from wrapped(f"{words(one.name)} uses more than the author (whose count is in brackets): {shown}", 2)
