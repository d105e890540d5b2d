"""What a learning curve is drawn of, and what the book advises about how many pairs are enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MetricName = Literal["margin", "accuracy", "style_distance"]


@dataclass(frozen=True, slots=True)
class CurveMetric:
    """A measure of each training of a curve; `sign` is -1 where less is better."""

    title: str
    unit: str
    sign: Literal[1, -1] = 1


METRICS: dict[MetricName, CurveMetric] = {
    "margin": CurveMetric("Held-out margin", "reward margin of a test pair"),
    "accuracy": CurveMetric("Held-out accuracy", "share of test pairs"),
    "style_distance": CurveMetric("Style distance", "times the author's own Cosine Delta", sign=-1),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """How many pairs are advised for a purpose; `most` is None where no end is named."""

    purpose: str
    least: int
    most: int | None


ADVICE = (
    Advice("who made the model", 200, 500),
    Advice("one task, such as a style of writing", 100, 10_000),
    Advice("general quality, by the open community", 10_000, 100_000),
    Advice("general alignment, by providers of models", 1_000_000, None),
)
"""Of chapter 6 of the LLM Engineer's Handbook, "Data quantity": pairs of a preference dataset by purpose."""

VOICE = ADVICE[1]
"""The advice that an author's voice falls under."""
