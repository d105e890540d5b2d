"""What a training run left in the lake, read back: its input, its result, its curves, its publication."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ownvoice.errors import Exit, HealthError, StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.training.health import Health, judge
from ownvoice.training.metric_rows import MetricRow, read_rows
from ownvoice.training.run import TrainingRun

NOT_ENDED = "not ended"


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

    @property
    def health(self) -> Health:
        """What the health rules say of its curves, and of its merge."""
        return judge(self.metrics, (self.result or {}).get("merge"))

    @property
    def ended(self) -> str:
        """How the trainer ended, in lower case, or `not ended`."""
        return NOT_ENDED if self.result is None else str(self.result["exit"]).lower()


def read_outcome(lake: Lake, run_id: str) -> Outcome:
    """Read the files of a run. Raises `StorageError` where no training of that name was ever planned."""
    keys = RunKeys(run_id)
    run = lake.read_json(keys.recipe)
    if run is None:
        raise StorageError(f"{lake.uri}/{keys.folder} holds no recipe.json: no training has that name. Plan it first.")
    published = lake.read_json(keys.publication)
    return Outcome(
        TrainingRun.model_validate(run),
        lake.read_json(keys.result),
        read_rows(lake.store.read(keys.metrics) or b"")[0],
        Publication(**published) if published else None,
    )


def trained_outcome(lake: Lake, run_id: str) -> tuple[Outcome, dict[str, Any]]:
    """Read a run that left a model, with its result. Raises `StorageError` where it left none."""
    outcome = read_outcome(lake, run_id)
    if outcome.result is None:
        raise StorageError(
            f"{lake.uri}/{RunKeys(run_id).folder} holds no result of a training. Train it first: "
            "python -m ownvoice.training --recipe URI."
        )
    if not outcome.is_trained:
        raise StorageError(
            f"run {run_id} left no model: it ended with {outcome.result['exit']} ({outcome.result['message']}). "
            "Correct that and train it again."
        )
    return outcome, outcome.result


def refuse_blocked(outcome: Outcome) -> None:
    """Raise `HealthError` with every reason where the verdict is block."""
    if outcome.health.verdict == "block":
        raise HealthError(f"not to be published: {'; '.join(outcome.health.reasons('block'))}. Train again.")


def write_publication(lake: Lake, run: TrainingRun, publication: Publication) -> None:
    """Write down where the run's model was published."""
    lake.write_json(run.keys.publication, asdict(publication))
