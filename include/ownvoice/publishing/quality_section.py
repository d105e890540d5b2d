"""The section of a model card on what judges say of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.evaluation.judges.quality_report import Comparison, QualityReport
from ownvoice.publishing.style_section import in_code


def quality_section(report: QualityReport | None) -> Iterator[str]:
    """Yield the paragraphs of the section; none where no judges compared the model with another."""
    if report is None or not report.comparisons:
        return
    yield "## Judges"
    yield (
        "How often a jury of qualified judges, of two families or more, preferred the model's answers to held-out "
        "prompts in both orders, ties as half, with the 95 % interval over articles; and the same were both answers "
        "equally long. Quality and voice are two questions."
    )
    head = "| question | against | win rate | at equal length | verdicts | none |"
    yield "\n".join([head, "|---|---|---|---|---|---|", *map(_row, report.comparisons)])


def _row(one: Comparison) -> str:
    found = one.win_rate
    rate = f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]" if found else "not judged"
    length = "–" if one.length_controlled is None else f"{one.length_controlled:.2f}"
    return f"| {one.question} | `{in_code(one.right)}` | {rate} | {length} | {one.verdicts} | {one.no_verdict} |"
