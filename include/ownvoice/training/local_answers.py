"""Answering a job on this machine: the trainer's command as a process, to its end."""

from __future__ import annotations

import os
import sys

from ownvoice.answering.files import read_job, read_job_result
from ownvoice.errors import ModelUnavailableError, SettingsError
from ownvoice.storage.lake import Lake
from ownvoice.training.process import answering_arguments, start_trainer
from ownvoice.training.settings import TrainingSettings


def refuse_no_trainer(settings: TrainingSettings, model: str) -> None:
    """Raise `SettingsError` where this machine has no trainer's environment to load `model` in."""
    if not os.access(settings.python, os.X_OK):
        raise SettingsError(
            f"{model} is loaded by the trainer's environment, and there is no Python at {settings.python}. Make one "
            "with `make trainer`, name its Python in OWNVOICE_TRAINER_PYTHON, or name a model at an endpoint."
        )


def answer_here(lake: Lake, job_uri: str, settings: TrainingSettings) -> None:
    """Answer a job of the lake. Raises `ModelUnavailableError` where it was not answered whole; what was is stored."""
    job = read_job(job_uri, lake.store.access)
    with start_trainer(settings.python, answering_arguments(job_uri), output=sys.__stderr__) as process:
        process.wait()
    result = read_job_result(lake, job.run_id, job.name)
    if result is None or not result.is_answered:
        why = f"it ended with {result.exit.name} ({result.message})" if result else "it left no result"
        raise ModelUnavailableError(
            f"{job_uri} was not answered: {why}, exit code {process.returncode}. Every answer that was made is stored; "
            "correct that and run again."
        )
