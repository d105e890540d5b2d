"""The one reader of a training run's files, for pages, report, comparison and publishing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from ownvoice.config.problems import problems_in
from ownvoice.errors import Exit, StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.health.findings import Health
from ownvoice.training.health.judge import judge
from ownvoice.training.metric_rows import MetricRow, finite, read_rows
from ownvoice.training.metrics import Metric, labelled
from ownvoice.training.result import NOT_ENDED, Sample, TrainedResult, TrainingResult
from ownvoice.training.results.publication import Publication
from ownvoice.training.run import TrainingRun
from ownvoice.training.run_files import read_file

NO_RESULT = "the trainer left no result; its task's log says why"
PLANNED, TRAINING = "planned", "training"

_MAX_SILENCE = dt.timedelta(minutes=30)  # a large base is loaded, or a split evaluated, without a word
_ENDS = tuple(f"{end.name}: " for end in Exit)


class Measured(NamedTuple):
    """A metric at the last training step and on the test split; None if it was not measured or is not finite."""

    metric: Metric
    train: float | None
    test: float | None


@dataclass(frozen=True, slots=True)
class Training:
    """A training run as far as it has got. `faults` has a sentence for each file that cannot be read whole.

    `run` is None if `recipe.json` cannot be read; `result` is empty until the trainer has ended. `state` is `planned`,
    `training` or `not ended`; after that the verdict of the health rules or, without a model, the name of the exit.
    """

    run_id: str
    state: str
    run: TrainingRun | None
    result: TrainingResult
    metrics: list[MetricRow]
    health: Health
    samples: list[Sample]
    publication: Publication | None
    log: list[str]
    faults: tuple[str, ...]

    @property
    def is_live(self) -> bool:
        """Whether the run may still change."""
        return self.state in (PLANNED, TRAINING)

    @property
    def dataset_version(self) -> int | None:
        """The version that it was, or is to be, trained on; None where `recipe.json` cannot be read."""
        return self.run.dataset_version if self.run else None

    @property
    def verdict(self) -> str:
        """The verdict of the health rules if a model was trained, else the name of the exit, or `not ended`."""
        return self.health.verdict if self.result.is_trained else self.result.ended

    def measured(self) -> dict[str, Measured]:
        """Return the labelled metrics by label. On the test split they are those of the last evaluation."""
        train_rows = [row for row in self.metrics if "loss" in row]
        final, test = self.result.final or (train_rows or [{}])[-1], self.result.test or {}
        found = {
            label: Measured(metric, finite(final.get(metric.name)), finite(test.get(metric.test_name)))
            for label, metric in labelled().items()
        }
        return {
            label: one
            for label, one in found.items()
            if not one.metric.is_optional or (one.train, one.test) != (None, None)
        }


def read_training(lake: Lake, run_id: str) -> Training | None:
    """Return a training run; None if no training of that name was planned."""
    keys, faults = RunKeys(run_id), list[str]()
    if not keys.name:
        return None
    run = read_file(lake, keys.recipe, TrainingRun, faults)
    if (run is None and not faults) or (run is not None and run.run_id != run_id):
        return None  # another run: two ids may differ only in characters that a path cannot hold
    result = read_file(lake, keys.result, TrainingResult, faults) or TrainingResult()
    metrics, unreadable = read_rows(lake.store.read(keys.metrics) or b"")
    if unreadable:
        faults.append(f"{keys.metrics}: {unreadable} lines are cut or no numbers, and are left out here.")
    samples = read_file(lake, keys.samples, list[Sample], faults) or []
    log = (lake.store.read(keys.log) or b"").decode(errors="replace").splitlines()
    # The trainer judged the whole curves: its findings are used if the file is cut or gone.
    is_whole = bool(metrics) and not unreadable
    health = result.health
    if is_whole or health is None:
        answers = [(one.base, one.trained) for one in samples]
        recipe = run.recipe if run else result.recipe
        health = judge(metrics, result.merge, result.answer_lengths, answers, recipe, result.mixture)
    return Training(
        run_id,
        _state(result, log, health),
        run,
        result,
        metrics,
        health,
        samples,
        read_file(lake, keys.publication, Publication, faults),
        log,
        tuple(faults),
    )


def planned_training(lake: Lake, run_id: str) -> tuple[Training, TrainingRun]:
    """Read a run that was planned, and its input. Raises `StorageError` if there is none that can be read."""
    training = read_training(lake, run_id)
    if training is None:
        raise StorageError(
            f"{lake.uri}/{RunKeys(run_id).folder} holds no recipe.json: no training has that name. Plan it first."
        )
    if training.run is None:
        raise StorageError(training.faults[0])
    return training, training.run


def trained(lake: Lake, run_id: str) -> tuple[Training, TrainingRun, TrainedResult]:
    """Read a run that left a model, with its input and its result. Raises `StorageError` if it left none."""
    training, run = planned_training(lake, run_id)
    result = training.result
    if result.exit == NOT_ENDED:
        raise StorageError(
            f"{lake.uri}/{run.keys.folder} holds no result of a training. Train it first: "
            "python -m ownvoice.training --recipe URI."
        )
    if not result.is_trained:
        raise StorageError(
            f"run {run_id} left no model: it ended with {result.exit.name} ({result.message}). "
            "Correct that and train it again."
        )
    try:
        return training, run, result.trained()
    except ValidationError as error:
        raise StorageError(
            f"{lake.uri}/{run.keys.result} is not whole ({'; '.join(problems_in(error))}). Train the run again."
        ) from None


def _state(result: TrainingResult, log: list[str], health: Health) -> str:
    said_at, said = last_said(log)
    if said and not said.startswith(_ENDS) and said_at > dt.datetime.now(dt.UTC) - _MAX_SILENCE:
        return TRAINING  # a second try too, while the result of the first is still there
    if result.exit == NOT_ENDED:
        return NOT_ENDED if said else PLANNED
    return health.verdict if result.is_trained else result.ended


def ended_s(lake: Lake, run_id: str) -> float:
    """Return when a training ended, in seconds since 1970: by its log, since a copy of a lake has times of its own."""
    keys = RunKeys(run_id)
    said_at, said = last_said((lake.store.read(keys.log) or b"").decode(errors="replace").splitlines())
    result = lake.store.stat(keys.result)
    return said_at.timestamp() if said else result.modified_s if result else 0.0


def last_said(log: list[str]) -> tuple[dt.datetime, str]:
    """Return the last line of a `log.txt` that has a time, since a message may have several lines; both parts of it.

    The time is the trainer's own, so that it stays when a lake is copied; the first of all times where none is told.
    """
    for line in reversed(log):
        stamp, _, said = line.partition(" ")
        try:
            return dt.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC), said
        except ValueError:
            continue
    return dt.datetime.min.replace(tzinfo=dt.UTC), ""
