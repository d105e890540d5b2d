"""What a training run left in the lake, read back: its input, its result, its curves, its publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ownvoice.errors import OwnvoiceError, StorageError
from ownvoice.lake import Lake
from ownvoice.run import run_folder
from ownvoice.training.exits import Exit
from ownvoice.training.health import Health, judge
from ownvoice.training.record import MetricRow, read_metrics
from ownvoice.training.run import TrainingRun


class HealthError(OwnvoiceError):
    """The curves say that this model is not to be published."""

    exit_code = 23


@dataclass(frozen=True, slots=True)
class Publication:
    """Where the model stands on the Hub. `revision` is the commit that `tag` names."""

    repo_id: str
    revision: str
    tag: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run as its files tell it. `result` is None where the trainer has not ended yet."""

    run: TrainingRun
    result: dict[str, Any] | None
    metrics: list[MetricRow]
    publication: Publication | None

    @property
    def is_trained(self) -> bool:
        """Whether a merged, checked model stands in the lake."""
        return self.result is not None and self.result["exit"] == Exit.TRAINED.name


def read_outcome(lake: Lake, run_id: str) -> Outcome | None:
    """Read the files of a run; None where no training of that name was ever planned."""
    folder = run_folder(run_id)
    run = lake.read_json(f"{folder}/recipe.json")
    if run is None:
        return None
    published = lake.read_json(f"{folder}/publication.json")
    return Outcome(
        TrainingRun.model_validate(run),
        lake.read_json(f"{folder}/result.json"),
        read_metrics(lake, folder),
        Publication(**published) if published else None,
    )


def trained_outcome(lake: Lake, run_id: str) -> tuple[Outcome, dict[str, Any]]:
    """Read a run that left a model, with its result. Raises `StorageError` where it left none."""
    outcome = read_outcome(lake, run_id)
    if outcome is None or outcome.result is None:
        raise StorageError(
            f"{lake.uri}/{run_folder(run_id)} holds no result of a training. Train it first: "
            "python -m ownvoice.training --recipe URI."
        )
    if not outcome.is_trained:
        raise StorageError(
            f"run {run_id} left no model: it ended with {outcome.result['exit']} ({outcome.result['message']}). "
            "Correct that and train it again."
        )
    return outcome, outcome.result


def checked_health(metrics: Sequence[MetricRow]) -> Health:
    """Judge the curves of a run. Raises `HealthError` with every reason where the verdict is block."""
    health = judge(metrics)
    if health.verdict == "block":
        raise HealthError(f"not to be published: {'; '.join(health.reasons('block'))}. Train anew.")
    return health


def write_publication(lake: Lake, run: TrainingRun, publication: Publication) -> None:
    """Write down where the run's model was published."""
    lake.write_json(f"{run.folder}/publication.json", asdict(publication))
