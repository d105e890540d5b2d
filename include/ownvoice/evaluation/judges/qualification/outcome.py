"""From what a judge answered to its qualification: the measures, the rule, and what is missing. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ownvoice.config.judges import Judge
from ownvoice.config.prices import sum_of_known
from ownvoice.evaluation.judges.qualification.controls import WANTED, Kind
from ownvoice.evaluation.judges.qualification.measures import ENOUGH, Judged, measures_of
from ownvoice.evaluation.judges.qualification.record import Measures, Qualification
from ownvoice.evaluation.judges.qualification.rule import exclusions_of, warnings_of

_NEEDED: tuple[Kind, ...] = ("pair", "gold", "injected", "padded", "family")


def qualification(judge: Judge, version: int, judged: Judged, others: Sequence[Judged]) -> Qualification:
    """Return the qualification of a judge; `others` are those that were asked the same question."""
    measures = measures_of(judged, others)
    names = sorted({row["answered_by"] for row in judged.rows if row["answered_by"]})
    return Qualification(
        judge=judge,
        judge_id=judge.judge_id,
        prompt_version=judge.prompt_version,
        dataset_version=version,
        answered_by=tuple(names),
        measures=measures,
        not_measured=dict(_not_measured(judged, measures, others)),
        exclusions=exclusions_of(measures),
        missing=tuple(_missing(judged, measures)),
        warnings=(*warnings_of(measures), *_several(names)),
        requests=sum(row["request_key"] is not None for row in judged.rows),
        prompt_tokens=sum(row["prompt_tokens"] for row in judged.rows),
        completion_tokens=sum(row["completion_tokens"] for row in judged.rows),
        cost_usd=sum_of_known([row["cost_usd"] for row in judged.rows]),
        at=max((dt.datetime.fromisoformat(row["at"]) for row in judged.rows), default=dt.datetime.now(dt.UTC)),
    )


def _missing(judged: Judged, measures: Measures) -> Iterator[str]:
    """Yield what keeps a judge from being qualified: a kind of controls that it has too few verdicts on."""
    for kind in _NEEDED:
        made, found = len(judged.made(kind)), len(judged.found(kind))
        if (made or kind != "family") and not judged.has_enough(kind):
            yield (
                f"Not measured: it has verdicts on {found} of {made} {kind} controls, and {ENOUGH * WANTED[kind]:.0f} "
                "are needed. Where the budget ended or the endpoint failed, run `ownvoice judges qualify` again."
            )
    if judged.has_enough("family") and measures.family_net is None:
        yield (
            "Not measured: no judge of another family has verdicts on its family controls. Run `ownvoice judges "
            "qualify` again."
        )


def _not_measured(judged: Judged, measures: Measures, others: Sequence[Judged]) -> Iterator[tuple[str, str]]:
    if not judged.is_pairwise:
        yield "position", "It rates one answer at a time, which has no place."
        yield "flips", "It rates one answer at a time, in one order."
    if measures.family_net is None and not any(one.family != judged.family for one in others):
        yield "family_net", "A judge of another family is needed, to tell a liking from better answers. Add one."
    if measures.length_slope is None:
        yield "length_slope", "Length parts the answers that won from those that lost, or tells nothing of them."
    if measures.repeats is None:
        yield "repeats", "It has no verdict that was asked for twice."
    if measures.invalid is None:
        yield "invalid", "Too few answers came."


def _several(names: Sequence[str]) -> Iterator[str]:
    if len(names) > 1:
        yield f"Several models answered under its name ({', '.join(names)}): name one that does not change."
