"""Rounds: the model of a training writes the rejected answers of the next dataset version.

A preference is learnt best from what the model itself writes, and what it writes changes with each training; so data
are made again by the model that was trained on them (on-policy and iterative DPO: Xu et al. 2023, "Some things are more
cringe than others"; Guo et al. 2024, "Direct language model alignment from online AI feedback").
"""

from __future__ import annotations

from ownvoice.answering.model_name import ModelName
from ownvoice.config.generators import NEWEST_RUN, RejectedBy
from ownvoice.config.run import RefreshRun, Round
from ownvoice.errors import SettingsError, StorageError
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import find_version
from ownvoice.training.lake_base import lake_base_fault
from ownvoice.training.planning.variants import training_id, variant_of
from ownvoice.training.results.comparison import read_choice
from ownvoice.training.results.training import ended_s, trained

_RUN = "run:"


def with_fixed_second_model(lake: Lake, run: RefreshRun) -> RefreshRun:
    """Return the run with the very model that `rejected_by` names, and the round that it makes.

    A run that is begun again keeps the model that it began with, whatever was trained since. Raises `SettingsError`
    where there is no such model: nothing was asked yet.
    """
    second = run.recipe.rejected_by
    if second is None or second.is_at_endpoint:
        return run
    if not second.model.startswith(_RUN):
        _refuse_missing(lake, second.model)
        return run
    training_run = _begun_with(lake, run) or second.model.removeprefix(_RUN)
    if training_run == NEWEST_RUN.removeprefix(_RUN):
        training_run = newest_healthy_training(lake)
    return _in_round(lake, run, second, training_run)


def newest_healthy_training(lake: Lake) -> str:
    """Return the run id of the newest training that passed its health rules, or that they only warn of.

    Of several recipes that one run compares, it is the chosen one. Raises `SettingsError` where there is none.
    """
    where = "kind = 'training' AND verdict IN ('pass', 'warn')"
    found = [row for batch in scan(lake.table("runs"), "run_id, refresh_date", where) for row in batch.to_pylist()]
    if not found:
        raise SettingsError(
            f"{NEWEST_RUN} in rejected_by: no training in {lake.uri} passed its health rules. Train a model first, or "
            "name one for the first round: lake:KEY, hub:owner/name@revision, or one at an endpoint."
        )
    newest_date = max(row["refresh_date"] for row in found)
    of_that_day = (row["run_id"] for row in found if row["refresh_date"] == newest_date)
    newest = max(of_that_day, key=lambda run_id: ended_s(lake, run_id))
    compared = variant_of(lake, newest)
    chosen = compared and read_choice(lake, compared[0]).chosen
    return training_id(compared[0], chosen) if compared and chosen else newest


def _begun_with(lake: Lake, run: RefreshRun) -> str | None:
    """Return the training whose model the run was recorded with, if it began before."""
    recorded = lake.read_record(run.keys.run, RefreshRun.model_validate)
    asked_before = recorded and recorded.run_id == run.run_id and recorded.recipe.rejected_by
    is_newest = run.recipe.rejected_by and run.recipe.rejected_by.model == NEWEST_RUN
    if recorded and asked_before and is_newest and recorded.rejected_round:
        return recorded.rejected_round.training_run
    return None


def _in_round(lake: Lake, run: RefreshRun, second: RejectedBy, training_run: str) -> RefreshRun:
    try:
        _, planned, result = trained(lake, training_run)
    except StorageError as error:
        raise SettingsError(f"{second.model} in rejected_by: {error}") from None
    model = f"{_RUN}{training_run}"
    _refuse_missing(lake, model)
    template = second.prompt_template or planned.recipe.prompt_template
    fixed = second.model_copy(update={"model": model, "prompt_template": template})
    recipe = run.recipe.model_copy(update={"rejected_by": fixed})
    version = find_version(lake, result.dataset.version)
    number = version.round if version and version.round else 1
    made = Round(number=number + 1, training_run=training_run, dataset_version=result.dataset.version)
    return run.model_copy(update={"recipe": recipe, "rejected_round": made})


def _refuse_missing(lake: Lake, model: str) -> None:
    name = ModelName.parse(model)
    fault = lake_base_fault(lake, name.place) if name.kind == "lake" else None
    if fault:
        raise SettingsError(f"{model} in rejected_by: {fault}")
