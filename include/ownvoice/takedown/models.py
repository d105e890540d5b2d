"""The models that learnt from what is withdrawn: listed while the rows are there, and what a person decided of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ownvoice.errors import SettingsError, StorageError
from ownvoice.publishing.champion import champion_of, repositories
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RUNS
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import all_versions
from ownvoice.takedown.found import Found
from ownvoice.takedown.given import Given, WithdrawnOfRuns
from ownvoice.training.lake_base import lake_base_key
from ownvoice.training.results.training import Training, read_training
from ownvoice.training.run import TrainingRun

_SECOND_MODEL = "run:"


class ModelUse(BaseModel):
    """A training that learnt from withdrawn rows, and what is to become of its model.

    `train_pairs`, `test_pairs` and `imported_rows` are the withdrawn ones among those that it was given: of a part of
    the version, or of a mixture, those that it took. `through` is another training
    that it learnt from: its base, or the model that wrote its rejected answers. `decision` is to train again without
    the rows, or to keep the model for a `reason` that a person wrote.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    dataset_version: int
    train_pairs: int = 0
    test_pairs: int = 0
    imported_rows: int = 0
    through: str | None = None
    verdict: str = ""
    repo_id: str | None = None
    revision: str | None = None
    champion_of: str | None = None
    decision: Literal["retrain", "keep"] = "retrain"
    reason: str = ""


def models_of(lake: Lake, found: Found) -> list[ModelUse]:
    """Return the trainings that were given withdrawn rows, or learnt from one that was, in the order of their names.

    A training whose recipe cannot be read raises `StorageError`: nobody would know what it learnt from.
    """
    trainings = {run.run_id: (run, training) for run, training in _trainings(lake)}
    champions = {move.run_id: repo for repo in repositories(lake) if (move := champion_of(lake, repo))}
    withdrawn = WithdrawnOfRuns(lake, found)
    uses: dict[str, ModelUse] = {}
    for run_id, (run, training) in trainings.items():
        given = withdrawn.given_to(run)
        if any(given):
            uses[run_id] = _use(run, training, champions, given)
    while more := {run_id: use for run_id, use in _descendants(lake, trainings, uses, champions) if run_id not in uses}:
        uses |= more
    return [use for _, use in sorted(uses.items())]


def decided(uses: list[ModelUse], kept: Mapping[str, str]) -> list[ModelUse]:
    """Return the models with what was decided: those of `kept` stay for its reason, all others as they were.

    Raises `SettingsError` for a training that is not among them.
    """
    if unknown := sorted(kept.keys() - {use.run_id for use in uses}):
        raise SettingsError(
            f"no model of training {', '.join(unknown)} learnt from what is taken down; those that did: "
            f"{', '.join(use.run_id for use in uses) or 'none'}."
        )
    return [
        use.model_copy(update={"decision": "keep", "reason": kept[use.run_id]}) if use.run_id in kept else use
        for use in uses
    ]


def _trainings(lake: Lake) -> Iterator[tuple[TrainingRun, Training]]:
    for name in lake.store.folders(RUNS):
        recipe = lake.read_record(RunKeys(name).recipe, TrainingRun.model_validate)
        if recipe is None:
            continue
        training = read_training(lake, recipe.run_id)
        if training is None or training.run is None:
            raise StorageError(f"{lake.uri}/{RunKeys(name).recipe} is not that of the run it names: look at it first.")
        yield training.run, training


def _use(
    run: TrainingRun,
    training: Training,
    champions: Mapping[str, str],
    given: Given,
    through: str | None = None,
) -> ModelUse:
    published = training.publication
    return ModelUse(
        run_id=run.run_id,
        dataset_version=run.dataset_version,
        train_pairs=given.train_pairs,
        test_pairs=given.test_pairs,
        imported_rows=given.imported_rows,
        through=through,
        verdict=training.state,
        repo_id=published.repo_id if published else None,
        revision=published.revision if published else None,
        champion_of=champions.get(run.run_id),
    )


def _descendants(
    lake: Lake,
    trainings: Mapping[str, tuple[TrainingRun, Training]],
    uses: Mapping[str, ModelUse],
    champions: Mapping[str, str],
) -> Iterator[tuple[str, ModelUse]]:
    """Yield the trainings that began with a model of `uses`, or whose pairs one of them had written."""
    written_by = {version.number: version.rejected_model for version in all_versions(lake)}
    folders = {key: run_id for run_id in uses for key in (RunKeys(run_id).merged, RunKeys(run_id).adapter)}
    published = {use.repo_id: run_id for run_id, use in uses.items() if use.repo_id}
    for run_id, (run, training) in trainings.items():
        base = run.recipe.base_model
        writers = {
            model.removeprefix(_SECOND_MODEL)
            for number, model in written_by.items()
            if model and number <= run.dataset_version
        }
        through = folders.get(lake_base_key(base) or "") or published.get(base)
        through = through or next(iter(sorted(writers & uses.keys())), None)
        if through and through != run_id:
            yield run_id, _use(run, training, champions, Given(), through)
