"""Which files of runs may go: what each run is, whether it ended, and what others need of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ownvoice.config.run import RefreshRun
from ownvoice.errors import SettingsError, StorageError
from ownvoice.publishing.champion import kept_for_roll_back
from ownvoice.retention.rules import ABANDONED, BATCH_FILES, CHECKPOINTS, MERGED, STOPPED, Rule
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.lease import current_lease
from ownvoice.storage.listed import StoredObject
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import all_versions
from ownvoice.training.lake_base import lake_base_key
from ownvoice.training.result import TrainingResult
from ownvoice.training.results.rounds import newest_healthy_training
from ownvoice.training.results.training import ended_s
from ownvoice.training.run import TrainingRun
from ownvoice.training.run_files import read_file


@dataclass(slots=True)
class RunFolder:
    """The objects of one run by what follows the name of its folder in their keys."""

    name: str
    objects: dict[str, StoredObject] = field(default_factory=dict)

    @property
    def modified_s(self) -> float:
        """When anything of the run was last written, in seconds since 1970."""
        return max(one.modified_s for one in self.objects.values())

    def below(self, folder: str) -> list[StoredObject]:
        """Return the objects in one of its folders."""
        return [one for part, one in self.objects.items() if part.startswith(f"{folder}/")]


_RECIPE = "recipe.json"

Candidate = tuple[Rule, float, StoredObject]
"""An object that a rule lets go, and the time in seconds since 1970 that its age counts from."""


def run_candidates(lake: Lake, runs: Mapping[str, RunFolder], open_jobs: frozenset[str]) -> Iterator[Candidate]:
    """Yield what may go of each run once it is old enough. `open_jobs` are the runs with a batch job that is open."""
    needed = _needed_runs(lake) | open_jobs
    for run in runs.values():
        if "run.json" in run.objects and run.name not in needed and _is_abandoned(lake, run):
            # `run.json` last: without it, what a killed deletion left would be no refresh's.
            for one in sorted(run.objects.values(), key=lambda one: one.key.endswith("/run.json")):
                yield ABANDONED, run.modified_s, one
        elif run.name not in open_jobs:
            yield from ((BATCH_FILES, one.modified_s, one) for one in run.below("batch_api") if _holds_requests(one))
    yield from _of_trainings(lake, {name: run for name, run in runs.items() if _RECIPE in run.objects})


def trained_versions(lake: Lake, runs: Mapping[str, RunFolder]) -> frozenset[int] | None:
    """Return the dataset versions that a training names; None where a recipe cannot be read, so that nobody knows."""
    reported = scan(lake.table("runs"), "version", f"{equals(kind='training')} AND version IS NOT NULL")
    recipes = _recipes(lake, (name for name, run in runs.items() if _RECIPE in run.objects))
    if recipes is None:
        return None
    of_reports = (number for batch in reported for number in batch["version"].to_pylist())
    return frozenset((*(run.dataset_version for run in recipes), *of_reports))


def _needed_runs(lake: Lake) -> frozenset[str]:
    """Return the folders of the runs that committed or reported, and of the one that holds the lake."""
    reported = [row["run_id"] for batch in scan(lake.table("runs"), "run_id") for row in batch.to_pylist()]
    lease = current_lease(lake)
    committed = [version.run_id for version in all_versions(lake)]
    return frozenset(RunKeys(run_id).name for run_id in (*reported, *committed, *([lease.run_id] if lease else [])))


def _holds_requests(one: StoredObject) -> bool:
    return one.key.endswith(".jsonl")


def _is_abandoned(lake: Lake, run: RunFolder) -> bool:
    """Whether `run.json` is that of this folder, without a report; what cannot be read is for a person to look at."""
    if "report.json" in run.objects:
        return False
    try:
        found = lake.read_record(RunKeys(run.name).run, RefreshRun.model_validate)
    except StorageError:
        return False
    return found is not None and found.keys.name == run.name


def _of_trainings(lake: Lake, runs: Mapping[str, RunFolder]) -> Iterator[Candidate]:
    results = {name: read_file(lake, RunKeys(name).result, TrainingResult, []) for name in runs}
    trained = [name for name, result in results.items() if result and result.is_trained]
    wanted = _wanted(lake, trained)
    recipes = _recipes(lake, runs)
    bases = _bases(recipes or ())
    for name, run in runs.items():
        rule = CHECKPOINTS if name in trained else STOPPED
        yield from ((rule, run.modified_s, one) for one in _unless_base(run.below("checkpoints"), bases))
        is_wanted = wanted is None or name in wanted or "publication.json" in run.objects or recipes is None
        if name in trained and not is_wanted:
            yield from ((MERGED, run.modified_s, one) for one in _unless_base(run.below("merged"), bases))


def _wanted(lake: Lake, trained: Sequence[str]) -> frozenset[str] | None:
    """Return the folders of the newest trained run, of the newest healthy one, and of champions for a roll-back.

    None where a champion's record cannot be read, so that nobody knows.
    """
    champions = kept_for_roll_back(lake)
    newest = max(trained, key=lambda name: ended_s(lake, name), default="")
    wanted = (RunKeys(run_id).name for run_id in (*(champions or ()), *_next_rounds(lake)))
    return None if champions is None else frozenset((newest, *wanted))


def _next_rounds(lake: Lake) -> Iterator[str]:
    """Yield the training whose model the next round of rejected answers would take, if there is one."""
    with suppress(SettingsError):
        yield newest_healthy_training(lake)


def _recipes(lake: Lake, names: Iterable[str]) -> list[TrainingRun] | None:
    """Return the input of each training; None where one cannot be read."""
    faults: list[str] = []
    read = [read_file(lake, RunKeys(name).recipe, TrainingRun, faults) for name in names]
    return None if faults else [run for run in read if run]


def _bases(recipes: Iterable[TrainingRun]) -> tuple[str, ...]:
    """Return the folders of the lake that a training has as its base."""
    keys = (lake_base_key(run.recipe.base_model) for run in recipes)
    return tuple(f"{key.strip('/')}/" for key in keys if key)


def _unless_base(objects: Iterable[StoredObject], bases: tuple[str, ...]) -> list[StoredObject]:
    """Leave out what a base needs; the marker of what remains comes first, so that a half is never taken for whole."""
    left = [one for one in objects if not one.key.startswith(bases)]
    return sorted(left, key=lambda one: not one.key.endswith(("/checkpoint.json", "/config.json")))
