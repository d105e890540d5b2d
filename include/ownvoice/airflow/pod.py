"""The trainer as a pod: what Kubernetes is asked for, and what becomes of the task when the pod ends.

Imported only where a cluster is configured, since the operator costs a DAG file seconds.
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
_STOP_WITHIN_S = 120  # time to bring a checkpoint to the lake
_PUBLISHING = {"cpu": "1", "memory": "2Gi"}  # it streams: no shard is held whole


class TrainerPod(KubernetesPodOperator):
    """The operator, and what it does not do: no pod outlives its task, and no end is tried again in vain."""

    def execute(self, context: Context) -> None:
        """Start the pod, or find it again; of mapped ones, which run one at a time, first stop what others left."""
        ti = context["ti"]
        if ti.map_index is not None and ti.map_index >= 0:
            selector = f"{_labels(dag_id=ti.dag_id, run_id=ti.run_id, task_id=ti.task_id)},map_index!={ti.map_index}"
            _stop_pods(self.client, str(self.namespace), selector)
        super().execute(context)

    def cleanup(self, pod: k8s.V1Pod, remote_pod: k8s.V1Pod, *rest: Any, **named: Any) -> None:
        """Delete the pod. Raises what `raise_for_exit` says; an evicted pod has no exit code and is tried again.

        Here and in no callback, since what the operator raises here takes the place of what a callback raised.
        """
        try:
            super().cleanup(pod, remote_pod, *rest, **named)
        except AirflowException:
            for status in remote_pod.status.container_statuses or ():
                if status.state.terminated:
                    raise_for_exit(status.state.terminated.exit_code)
            raise


def stop_pods_of(settings: TrainingSettings, dag_id: str, run_id: str) -> None:
    """Stop every pod of a run that is still there.

    A deferred task that is marked as failed has its pod deleted by its trigger, but only if that was running: in the
    first second of a deferral, or while no triggerer is up, it is not, and the pod would go on to its deadline.
    """
    client = KubernetesHook(conn_id=settings.kubernetes_conn_id).core_v1_client
    _stop_pods(client, settings.namespace, _labels(dag_id=dag_id, run_id=run_id))


def _stop_pods(client: k8s_client.CoreV1Api, namespace: str, selector: str) -> None:
    for pod in client.list_namespaced_pod(namespace, label_selector=selector).items:
        print(f"stopping pod {pod.metadata.name}, whose task is over")
        try:
            client.delete_namespaced_pod(pod.metadata.name, namespace, grace_period_seconds=_STOP_WITHIN_S)
        except ApiException as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise


def _labels(**values: str) -> str:
    """Return the selector of the labels that the operator gives its pods."""
    return ",".join(f"{name}={make_safe_label_value(value)}" for name, value in values.items())


def pod_fields(task_id: str, settings: TrainingSettings, *, gpu: bool) -> dict[str, Any]:
    """Return what the operator is told of a pod of the trainer image, all but its task and its arguments.

    Its result is a file in the lake, so there is no XCom sidecar.
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
        durable=True,  # a restarted worker finds the pod again
        poll_interval=10,
        logging_interval=30,
        startup_timeout_seconds=settings.startup_timeout_s,
        schedule_timeout_seconds=settings.startup_timeout_s,
        active_deadline_seconds=settings.deadline_s,
        termination_grace_period=_STOP_WITHIN_S,
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
    # A pod that asked for a GPU and got none must end, not train on its CPUs for a month.
    return variables | ({"UNSLOTH_DISABLE_CPU_FALLBACK": "1"} if gpu else {})


def _secrets(names: list[str]) -> list[k8s.V1EnvFromSource]:
    return [k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name=name, optional=False)) for name in names]


def _placement(settings: TrainingSettings, gpu: bool) -> dict[str, Any]:
    """Return what the pod needs and where it may run."""
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
    """Return what the pod may do: no root, no token, nothing written but scratch."""
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
