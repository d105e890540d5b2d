"""The metrics that are shown of a training run: the table that charts, card, report, comparison and pages read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that is logged at each training step under `name`, and drawn in the chart titled `panel` as `legend`.

    With a `label`, its value on the test split (`eval_` and its name) is drawn too, and both are told under that label
    by card, report, comparison and pages; a share is told there in percent. One that is
    optional is drawn and told only where it was measured.
    """

    name: str
    panel: str
    legend: str = "train"
    label: str | None = None
    is_share: bool = False
    is_optional: bool = False

    @property
    def test_name(self) -> str:
        """The name of the same number in a row of an evaluation."""
        return f"eval_{self.name}"


GAP = "rewards/gap"
"""Of KTO: mean reward of the wanted answers less that of the unwanted, which are of different prompts; no margin."""

# Those that chapter 6 of the LLM Engineer's Handbook reads a DPO training by.
METRICS = (
    Metric("loss", "Loss", label="loss"),
    Metric("rewards/chosen", "Rewards", legend="chosen"),
    Metric("rewards/rejected", "Rewards", legend="rejected"),
    Metric("rewards/margins", "Margin", label="margin"),
    Metric(GAP, "Gap", label="gap", is_optional=True),
    Metric("rewards/accuracies", "Accuracy", label="accuracy", is_share=True),
    Metric("grad_norm", "Gradient norm"),
    Metric("learning_rate", "Learning rate"),
)


def panels() -> dict[str, dict[str, str]]:
    """Return the titles of the charts, each with the names of what is drawn in it and their legends."""
    found: dict[str, dict[str, str]] = {}
    for metric in METRICS:
        series = found.setdefault(metric.panel, {})
        series[metric.name] = metric.legend
        if metric.label:
            series[metric.test_name] = "test"
    return found


def optional_panels() -> set[str]:
    """Return the titles of the charts that only some trainings have."""
    return {metric.panel for metric in METRICS if metric.is_optional}


def labelled() -> dict[str, Metric]:
    """Return the metrics that card, report, comparison and pages tell, by label."""
    return {metric.label: metric for metric in METRICS if metric.label}
