"""The part of the card on the rule of promotion: what it asked, found, and against whom. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.publishing.promotion import Outcome
from ownvoice.publishing.style_section import in_code


def promotion_section(outcome: Outcome | None) -> Iterator[str]:
    """Yield the section; a model that the rule was not asked about has none."""
    if outcome is None:
        return
    yield f"## Promotion: {outcome.verdict}"
    yield (
        f"The rule was asked for `{outcome.measure}` against {outcome.rival.text}{_voice(outcome)}, when this model "
        "was published. The branch `champion` of this repository holds the model that was promoted last."
    )
    if outcome.checks:
        rows = (
            f"| {check.name} | {'not measured' if check.value is None else f'{check.value:.3f}'} | {check.bound} | "
            f"{'held' if check.holds else 'failed'} |"
            for check in outcome.checks
        )
        yield "\n".join(["| check | value | bound | |", "|---|---|---|---|", *rows])
    if outcome.without_judges:
        yield f"No judges compared the two: {outcome.without_judges}"
    yield "\n".join(f"- {reason}" for reason in outcome.reasons)


def _voice(outcome: Outcome) -> str:
    return f", in the voice of `{in_code(outcome.author_id)}`" if outcome.author_id else ""
