"""`/judge`: how one judge came through its controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypedDict

from ownvoice.errors import DamagedError
from ownvoice.evaluation.agreement.estimate import Estimate
from ownvoice.evaluation.judges.qualification.record import Measures, Qualification
from ownvoice.reports.read_raters import qualifications_of
from ownvoice.storage.lake import Lake


class MeasureShown(NamedTuple):
    """A measure of a judge; where it was not taken, `why_not` says why."""

    name: str
    meaning: str
    found: Estimate | None
    why_not: str


class JudgePage(TypedDict):
    """A judge's newest qualification, and those before it."""

    one: Qualification
    measures: list[MeasureShown]
    earlier: Sequence[Qualification]
    faults: list[str]


def judge_page(lake: Lake, judge_id: str) -> JudgePage | None:
    """Return the qualifications of a judge; None where it has none. Raises `DamagedError` where none can be read."""
    faults: list[str] = []
    found = qualifications_of(lake, judge_id, faults)
    if not found and faults:
        raise DamagedError(" ".join(faults))
    if not found:
        return None
    newest, *earlier = found
    return {"one": newest, "measures": list(_measures(newest)), "earlier": earlier, "faults": faults}


def _measures(one: Qualification) -> Iterator[MeasureShown]:
    for name, about in Measures.model_fields.items():
        found = getattr(one.measures, name)
        yield MeasureShown(name, about.description or "", found, one.not_measured.get(name, ""))
