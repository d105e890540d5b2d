"""One task, two ways to run it: a pod where a cluster is configured, else a process with the same command."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator

from ownvoice.training.settings import TrainingSettings

_PLANNED = "{{{{ ti.xcom_pull(task_ids='resolve_dataset')['{}'] }}}}"


def train_arguments() -> list[str]:
    """Return the command that trains the recipe which `resolve_dataset` wrote."""
    return ["-m", "ownvoice.training", "--recipe", _PLANNED.format("recipe_uri")]


def publish_arguments(settings: TrainingSettings) -> list[str]:
    """Return the command that publishes what the run trained."""
    license_named = ["--license", settings.model_license] if settings.model_license else []
    public = [] if settings.hub_private else ["--public"]
    run = ["--run", "{{ run_id }}", "--lake", _PLANNED.format("lake")]
    return ["-m", "ownvoice.training.publish", *run, *license_named, *public]


def trainer_task(
    task_id: str, arguments: list[str], settings: TrainingSettings, *, gpu: bool, **task: Any
) -> BaseOperator:
    """Return the task that runs the trainer's Python with `arguments`, which may hold templates."""
    if settings.kubernetes_conn_id:
        from ownvoice.airflow.pod import trainer_pod

        return trainer_pod(task_id, arguments, settings, gpu=gpu, **task)
    from ownvoice.airflow.process import TrainerProcess

    return TrainerProcess(task_id=task_id, arguments=arguments, **task)
