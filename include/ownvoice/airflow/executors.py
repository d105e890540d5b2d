"""Refuses what only one machine has where Airflow runs tasks on several: folders, the offline model, a local trainer.

Each would fail later and worse: a worker that finds the lake's folder empty begins a lake of its own.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.training.settings import load_training_settings

if TYPE_CHECKING:
    from ownvoice.config.run import RefreshRun
    from ownvoice.training.settings import TrainingSettings

_LOOPBACK = ("localhost", "127.", "::1", "0.0.0.0")  # noqa: S104  # an address to recognise, and none to bind


def refuse_single_machine(run: RefreshRun) -> None:
    """Refuse a refresh that needs what one machine has. Raises `SettingsError` where tasks run on several."""
    evaluation_sets = [("OWNVOICE_EVALUATION_SETS", uri) for uri in run.evaluation_sets]
    refuse_folders(("OWNVOICE_LAKE", load_settings().lake), ("OWNVOICE_ARTICLES", run.articles_uri), *evaluation_sets)
    _refuse_offline_model(run)
    second = run.recipe.rejected_by
    if second and not second.is_at_endpoint:
        refuse_trainer(load_training_settings())


def refuse_folders(*places: tuple[str, str]) -> None:
    """Refuse those of the `places`, each a setting's name and its URI, that are folders.

    Raises `SettingsError` where tasks run on several machines and nothing says that these share the folders.
    """
    folders = " and ".join(f"{name} ({uri})" for name, uri in places if uri.startswith("file:"))
    if folders and not load_settings().folders_are_shared and (executor := remote_executor()):
        raise _folder_error(folders, f"{executor} runs tasks on several")


def refuse_trainer(settings: TrainingSettings) -> None:
    """Refuse a pod that would not have the lake's folder, and a process whose Python this machine lacks.

    A trainer elsewhere is started by a person: it needs nothing of this machine. Raises `SettingsError`; of a process,
    where tasks run on several machines.
    """
    if settings.place == "pod":
        installation = load_settings()
        if installation.lake.startswith("file:") and not installation.folders_are_shared:
            raise _folder_error(f"OWNVOICE_LAKE ({installation.lake})", "the trainer is a pod on another")
    if settings.place != "process" or os.access(settings.python, os.X_OK) or not (executor := remote_executor()):
        return
    raise SettingsError(
        f"there is no trainer's Python at {settings.python} on this machine, and {executor} may train on any: set "
        "OWNVOICE_TRAINER_KUBERNETES_CONN_ID to train in a pod, or OWNVOICE_TRAINER_PYTHON to one that each has."
    )


def remote_executor() -> str | None:
    """Return the first executor of the configuration that runs tasks elsewhere than beside the scheduler; None without.

    A pod and a Celery worker know by themselves that they are one: they may lack the scheduler's `[core] executor`, and
    pod templates mostly set LocalExecutor there.
    """
    from airflow.executors.executor_loader import ExecutorLoader

    if os.environ.get("AIRFLOW_IS_K8S_EXECUTOR_POD"):
        return "KubernetesExecutor"
    if _is_celery_task():
        return "CeleryExecutor"
    for name in ExecutorLoader.get_executor_names(validate_teams=False):
        try:
            executor, _ = ExecutorLoader.import_executor_cls(name)
        except ImportError:  # of a provider that this machine lacks
            return name.module_path.rpartition(".")[2]
        if not executor.is_local:
            return executor.__name__
    return None


def _refuse_offline_model(run: RefreshRun) -> None:
    from ownvoice.offline_model.server import OFFLINE_MODEL

    asked = [one for one in run.recipe.asked if one.model.startswith(OFFLINE_MODEL)]
    here = [one for one in asked if _is_loopback(run.addresses.get(one.endpoint, ""))]
    if here and (executor := remote_executor()):
        address = run.addresses[here[0].endpoint]
        raise SettingsError(
            f"{here[0].model}: the offline model at {address} answers on one machine, and {executor} runs tasks on "
            f"several. Name a model, and in the connection {here[0].endpoint} an address that every machine reaches."
        )


def _folder_error(folders: str, who: str) -> SettingsError:
    return SettingsError(
        f"{folders}: a folder is on one machine, and {who}. Name s3://bucket/prefix, "
        "or set OWNVOICE_FOLDERS_ARE_SHARED=true where each machine has the same folder mounted there."
    )


def _is_celery_task() -> bool:
    return "celery" in sys.modules and bool(sys.modules["celery"].current_task)


def _is_loopback(address: str) -> bool:
    return (urlsplit(address).hostname or "").startswith(_LOOPBACK)
