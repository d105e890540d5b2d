"""The part of a run's page that shows its learning curve."""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.evaluation.curve.curve import LearningCurve
from ownvoice.evaluation.curve.intervals import LEVEL
from ownvoice.evaluation.curve.metrics import METRICS, Advice
from ownvoice.evaluation.curve.stored import read_learning_curve
from ownvoice.reports.charts.frame import Spec
from ownvoice.reports.charts.learning_curve import learning_curve_charts
from ownvoice.reports.text.learning_curve import advice_range, advice_rows, curve_sentence, estimate_text, size_rows
from ownvoice.storage.lake import Lake


@dataclass(frozen=True, slots=True)
class CurveSection:
    """What the page shows: the charts by title, what each measure says, the sizes as text, and the advice.

    `faults` says why there is nothing where `learning_curve.json` cannot be read.
    """

    charts: dict[str, Spec]
    says: dict[str, str]
    sizes: list[tuple[float, list[str]]]
    advice: list[tuple[Advice, str, str]]
    found: LearningCurve | None
    faults: list[str]
    level: float = LEVEL


def curve_section(lake: Lake, run_id: str) -> CurveSection | None:
    """Return the learning curve of a run as its page shows it; None where the run has none, or has not reported yet."""
    faults: list[str] = []
    found = read_learning_curve(lake, run_id, faults)
    if found is None:
        return CurveSection({}, {}, [], [], None, faults) if faults else None
    return CurveSection(
        charts=learning_curve_charts(found),
        says={METRICS[one.metric].title: curve_sentence(one) for one in found.curves},
        sizes=[(pairs, [estimate_text(value) for value in values]) for pairs, values in size_rows(found)],
        advice=[(advice, advice_range(advice), stands) for advice, stands in advice_rows(found)],
        found=found,
        faults=faults,
    )
