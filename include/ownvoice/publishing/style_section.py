"""The section of a model card on its style, out of the style report. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.evaluation.style_report import TRAINED, StyleReport, SubjectStyle
from ownvoice.style.bootstrap import Interval
from ownvoice.style.distances import Measured

_HEAD = "| | answers | score | above the base | Cosine Delta | Jensen-Shannon | copied | words | nats a token |"
_WORDS_SHOWN = 15
_NOT_MEASURED = "–"


def style_section(report: StyleReport | None) -> Iterator[str]:
    """Yield the paragraphs of the section; none where there is no report."""
    if report is None:
        return
    yield "## Style"
    if not report.judged:
        yield f"Not judged: {report.why_not}"
        return
    author = in_code(report.author_id)
    yield (
        f"Answers to {report.prompts} held-out prompts from {report.articles} articles of `{author}`. "
        "The score is the mean probability that the author wrote an answer, its words of content hidden; above the "
        "base with its 95 % interval over articles. Distances are in those of the author's own held-out text of equal "
        "size: up to 1.2 is the author's, below 1.8 nearer than another writer. Copied are answers that hold eight "
        f"words in a row of the author's articles{_floor(report)}. Nats a token are of the author's held-out text."
    )
    yield "\n".join([_HEAD, f"|{'---|' * _HEAD.count(' | ')}---|", *map(_row, report.subjects)])
    trained = report.subject(TRAINED)
    if trained and trained.over_used:
        shown = ", ".join(
            f"`{in_code(one.word)}` {one.count} ({one.author_count})" for one in trained.over_used[:_WORDS_SHOWN]
        )
        yield f"Words that the model uses more often than the author, whose count is in brackets: {shown}."


def _row(one: SubjectStyle) -> str:
    measured = (
        one.name.replace("_", " ").replace("|", "\\|"),
        str(one.answers),
        _number(one.score),
        _interval(one.above_base),
        _ratio(one.cosine_delta),
        _ratio(one.jensen_shannon),
        f"{one.copying.share:.0%}" if one.copying else _NOT_MEASURED,
        _NOT_MEASURED if one.description.median_words is None else f"{one.description.median_words:.0f}",
        _number(one.nats_per_token),
    )
    return f"| {' | '.join(measured)} |"


def _floor(report: StyleReport) -> str:
    return f", as {report.copying_floor.share:.0%} of the author's own text does" if report.copying_floor else ""


def _number(value: float | None) -> str:
    return _NOT_MEASURED if value is None else f"{value:.2f}"


def _interval(found: Interval | None) -> str:
    return f"{found.mean:+.2f} [{found.low:+.2f}, {found.high:+.2f}]" if found else _NOT_MEASURED


def _ratio(found: Measured | None) -> str:
    return f"{found.ratio:.2f}" if found else _NOT_MEASURED


def in_code(text: str | None) -> str:
    """Return text that stays within a code span and its line."""
    return " ".join((text or "").replace("`", "'").replace("|", "/").split())
