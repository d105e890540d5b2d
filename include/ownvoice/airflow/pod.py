"""The trainer as a pod: its specification, and the end of its task when the pod ends.

Imported only where a cluster is configured, because importing the operator takes a DAG file seconds.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.pod_generator import make_safe_label_value
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowException
from kubernetes import client as k8s_client
from kubernetes.client import models as k8s
from kubernetes.client.exceptions import ApiException

from ownvoice.airflow.trainer_exit import raise_for_exit
from ownvoice.training.settings import TrainingSettings

_SCRATCH = "/scratch"
_USER = 10001  # as in docker/trainer/Dockerfile
_GRACE_PERIOD_S = 120  # long enough to write a checkpoint to the lake
_PUBLISHING = {"cpu": "1", "memory": "2Gi"}  # files are streamed, never held whole


class TrainerPod(KubernetesPodOperator):
    """Airflow's pod operator, with two additions: no pod outlives its task, and the exit code decides on a retry."""

    def execute(self, context: Context) -> None:
        """Start the pod, or attach to it if it runs; first stop pods that ended instances of the same task left."""
        ti = context["ti"]
        if ti.map_index is not None and ti.map_index >= 0:
            selector = f"{_labels(dag_id=ti.dag_id, run_id=ti.run_id, task_id=ti.task_id)},map_index!={ti.map_index}"
            _stop_pods(self.client, str(self.namespace), selector)
        super().execute(context)

    def cleanup(self, pod: k8s.V1Pod, remote_pod: k8s.V1Pod, *rest: Any, **named: Any) -> None:
        """Delete the pod. Raises what `raise_for_exit` raises; an evicted pod has no exit code and is retried.

        This is no callback of the operator, because the operator's own exception here would replace the callback's.
        """
        try:
            super().cleanup(pod, remote_pod, *rest, **named)
        except AirflowException:
            for status in remote_pod.status.container_statuses or ():
                if status.state.terminated:
                    raise_for_exit(status.state.terminated.exit_code)
            raise


def stop_pods_of(settings: TrainingSettings, dag_id: str, run_id: str) -> None:
    """Stop every pod of a run that still exists.

    When a deferred task is marked as failed, its trigger deletes its pod, but only if the trigger runs: in the first
    second of a deferral, or while no triggerer is up, it does not, and the pod would run on to its deadline.
    """
    client = KubernetesHook(conn_id=settings.kubernetes_conn_id).core_v1_client
    _stop_pods(client, settings.namespace, _labels(dag_id=dag_id, run_id=run_id))


def _stop_pods(client: k8s_client.CoreV1Api, namespace: str, selector: str) -> None:
    for pod in client.list_namespaced_pod(namespace, label_selector=selector).items:
        print(f"stopping pod {pod.metadata.name}, whose task is over")
        try:
            client.delete_namespaced_pod(pod.metadata.name, namespace, grace_period_seconds=_GRACE_PERIOD_S)
        except ApiException as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise


def _labels(**values: str) -> str:
    """Return a label selector for pods, by the labels that the operator gives them."""
    return ",".join(f"{name}={make_safe_label_value(value)}" for name, value in values.items())


def pod_fields(task_id: str, settings: TrainingSettings, *, gpu: bool) -> dict[str, Any]:
    """Return the operator's arguments for a pod of the trainer image, without task id and command arguments.

    The result of a trainer is a file in the lake, so the pod has no XCom sidecar.
    """
    return dict(
        name=f"ownvoice-{task_id}".replace("_", "-"),
        kubernetes_conn_id=settings.kubernetes_conn_id,
        namespace=settings.namespace,
        image=settings.image,
        image_pull_secrets=[k8s.V1LocalObjectReference(name=name) for name in settings.image_pull_secrets],
        cmds=["python"],
        labels={"app.kubernetes.io/name": "ownvoice-trainer"},
        env_vars=_variables(settings, gpu),
        env_from=_secrets(settings.train_secrets if gpu else settings.publish_secrets),
        **_placement(settings, gpu),
        **_confinement(settings, gpu),
        deferrable=True,
        durable=True,  # a restarted worker attaches to the running pod
        poll_interval=10,
        logging_interval=30,
        startup_timeout_seconds=settings.startup_timeout_s,
        schedule_timeout_seconds=settings.startup_timeout_s,
        active_deadline_seconds=settings.deadline_s,
        termination_grace_period=_GRACE_PERIOD_S,
        on_finish_action="delete_pod",
        on_kill_action="delete_pod",
        log_events_on_failure=True,
        log_pod_spec_on_failure=False,
        do_xcom_push=False,
    )


def _variables(settings: TrainingSettings, gpu: bool) -> dict[str, str]:
    variables = {
        "HOME": _SCRATCH,
        "TMPDIR": _SCRATCH,
        "PYTHONUNBUFFERED": "1",
        "OWNVOICE_TRAINER_IMAGE": str(settings.image),
    }
    # A pod that finds no GPU must end; on its CPUs it would train for a month.
    return variables | ({"UNSLOTH_DISABLE_CPU_FALLBACK": "1"} if gpu else {})


def _secrets(names: list[str]) -> list[k8s.V1EnvFromSource]:
    return [k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name=name, optional=False)) for name in names]


def _placement(settings: TrainingSettings, gpu: bool) -> dict[str, Any]:
    """Return resources, node selector and tolerations."""
    if not gpu:
        return {"container_resources": k8s.V1ResourceRequirements(requests=_PUBLISHING, limits=_PUBLISHING)}
    gpus = {"nvidia.com/gpu": str(settings.gpu_count)}
    amounts = {"cpu": settings.cpu, "memory": settings.memory, "ephemeral-storage": settings.scratch} | gpus
    product = {"nvidia.com/gpu.product": settings.gpu_product} if settings.gpu_product else {}
    return {
        "container_resources": k8s.V1ResourceRequirements(requests=amounts, limits=amounts),
        "node_selector": settings.node_selector | product,
        "tolerations": [k8s.V1Toleration(**one) for one in settings.tolerations],
    }


def _confinement(settings: TrainingSettings, gpu: bool) -> dict[str, Any]:
    """Return volumes and security contexts: no root, no service account, no writing but to scratch."""
    scratch = k8s.V1EmptyDirVolumeSource(size_limit=settings.scratch)
    memory = k8s.V1EmptyDirVolumeSource(medium="Memory", size_limit=settings.shared_memory)
    shared = [("shm", "/dev/shm", memory)] if gpu else []  # noqa: S108  # where data loaders look for it
    volumes = [("scratch", _SCRATCH, scratch), ("tmp", "/tmp", k8s.V1EmptyDirVolumeSource()), *shared]  # noqa: S108
    return {
        "volumes": [k8s.V1Volume(name=name, empty_dir=source) for name, _, source in volumes],
        "volume_mounts": [k8s.V1VolumeMount(name=name, mount_path=path) for name, path, _ in volumes],
        "automount_service_account_token": False,
        "security_context": k8s.V1PodSecurityContext(
            run_as_non_root=True,
            run_as_user=_USER,
            run_as_group=_USER,
            fs_group=_USER,
            seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
        ),
        "container_security_context": k8s.V1SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.V1Capabilities(drop=["ALL"]),
        ),
    }
