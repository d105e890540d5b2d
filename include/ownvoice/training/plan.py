"""The step before a GPU is asked for: which version, whether the recipe can work on it, what it may cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ownvoice.lake import Lake, scan
from ownvoice.training.recipe import TrainingRecipe, refuse_what_cannot_work
from ownvoice.training.rows import Pair, read_pairs
from ownvoice.training.run import TrainingRun, write_training_run
from ownvoice.training.settings import TrainingSettings
from ownvoice.versions import all_versions, version_or_latest

_CHARS_PER_TOKEN = 4  # of English prose, for an estimate alone
_AROUND_TRAINING_H = 0.3  # a node comes up, the image and the base are loaded, the model is merged and checked


@dataclass(frozen=True, slots=True)
class PlannedTraining:
    """What `resolve_dataset` hands on; the hours and dollars are an estimate."""

    lake: str
    recipe_uri: str
    dataset_version: int
    train_pairs: int
    test_pairs: int
    steps: int
    hours: float
    usd: float


def plan_training(
    lake: Lake, run_id: str, version: int | None, recipe: TrainingRecipe, settings: TrainingSettings
) -> PlannedTraining:
    """Fix the version (the newest where none is given), check it, and write the run's `recipe.json`.

    Raises `BadDataError` for a version that fails its digest or lacks a split, `SettingsError` for a recipe that
    cannot work on it.
    """
    number = version_or_latest(lake, version).number
    pairs = read_pairs(lake, number)
    refuse_what_cannot_work(recipe, len(pairs.train))
    run = TrainingRun(
        run_id=run_id,
        lake=lake.uri,
        dataset_version=number,
        recipe=recipe,
        gpu_usd_per_hour=settings.gpu_usd_per_hour,
    )
    hours = estimated_hours(pairs.train, recipe.epochs, settings.expected_tokens_per_s)
    return PlannedTraining(
        lake=lake.uri,
        recipe_uri=write_training_run(lake, run),
        dataset_version=number,
        train_pairs=len(pairs.train),
        test_pairs=len(pairs.test),
        steps=recipe.steps(len(pairs.train)),
        hours=round(hours, 2),
        usd=round(hours * settings.gpu_usd_per_hour, 2),
    )


def estimated_hours(pairs: Iterable[Pair], epochs: int, tokens_per_s: float) -> float:
    """Return the hours that training on `pairs` may take; both answers of a pair carry its prompt."""
    chars = sum(2 * len(pair.prompt) + len(pair.chosen) + len(pair.rejected) for pair in pairs)
    return chars / _CHARS_PER_TOKEN * epochs / tokens_per_s / 3600 + _AROUND_TRAINING_H


def new_pairs_since_last_training(lake: Lake) -> int:
    """Return how many pairs were added by the versions after the one that was trained on last.

    A training that failed counts too: what made it fail would fail the next one, at the same cost.
    """
    trained = scan(lake.table("runs"), "version", "kind = 'training' AND version IS NOT NULL")
    last = max((row["version"] for batch in trained for row in batch.to_pylist()), default=-1)
    return sum(version.added for version in all_versions(lake) if version.number > last)
