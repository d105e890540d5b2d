"""One task, three ways to run it: a pod, a process with the same command, or waiting for whoever runs it elsewhere."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator, XComArg
from airflow.sdk.definitions.mappedoperator import MappedOperator

from ownvoice.training.process import answering_arguments, training_arguments
from ownvoice.training.settings import TrainingSettings


def train_arguments(planned: dict[str, Any]) -> list[str]:
    """Return the arguments that train one of the recipes which `resolve_dataset` wrote."""
    return training_arguments(planned["recipe_uri"])


def answer_arguments(job_uri: str) -> list[str]:
    """Return the arguments that answer a job; its URI may be a template."""
    return answering_arguments(job_uri)


def publish_arguments(settings: TrainingSettings) -> list[str]:
    """Return the command that publishes the training which `check_health` chose."""
    licence_named = ["--licence", settings.model_licence] if settings.model_licence else []
    public = [] if settings.hub_private else ["--public"]
    run = "{{ ti.xcom_pull(task_ids='check_health')['run_id'] }}"
    lake = "{{ ti.xcom_pull(task_ids='resolve_dataset')[0]['lake'] }}"
    return ["-m", "ownvoice.publishing", "--run", run, "--lake", lake, *licence_named, *public]


def trainer_task(
    task_id: str, arguments: list[str] | XComArg, settings: TrainingSettings, *, gpu: bool, **task: Any
) -> BaseOperator | MappedOperator:
    """Return the task that runs the trainer's Python with `arguments`, which may hold templates.

    For the arguments of several, that another task is to return, it is mapped over them.
    """
    operator, fields = _operator(task_id, settings, gpu)
    if isinstance(arguments, list):
        return operator(task_id=task_id, arguments=arguments, **fields, **task)
    return operator.partial(task_id=task_id, **fields, **task).expand(arguments=arguments)


def _operator(task_id: str, settings: TrainingSettings, gpu: bool) -> tuple[type[BaseOperator], dict[str, Any]]:
    if settings.place == "pod":
        from ownvoice.airflow.pod.operator import TrainerPod
        from ownvoice.airflow.pod.specification import pod_fields

        return TrainerPod, pod_fields(task_id, settings, gpu=gpu)
    if settings.place == "elsewhere" and gpu:
        from ownvoice.airflow.elsewhere import TrainerElsewhere

        return TrainerElsewhere, {}
    from ownvoice.airflow.process import TrainerProcess

    return TrainerProcess, {}
