"""What the trainer's pod asks of a cluster, from the settings: the arguments of the operator."""

from __future__ import annotations

from typing import Any

from kubernetes.client import models as k8s

from ownvoice.airflow.pod.models import read_model
from ownvoice.training.settings import TrainingSettings

GRACE_PERIOD_S = 120  # long enough to write a checkpoint to the lake

_SCRATCH = "/scratch"
_BASES = "/bases"
_USER = 10001  # as in docker/trainer/Dockerfile
_PUBLISHING = {"cpu": "1", "memory": "2Gi"}  # files are streamed, never held whole


def pod_fields(task_id: str, settings: TrainingSettings, *, gpu: bool) -> dict[str, Any]:
    """Return the operator's arguments for a pod of the trainer image, without task id and command arguments.

    The result of a trainer is a file in the lake, so the pod has no XCom sidecar. Raises `SettingsError` where
    Kubernetes would not understand an affinity or a toleration.
    """
    return dict(
        name=f"ownvoice-{task_id}".replace("_", "-"),
        kubernetes_conn_id=settings.kubernetes_conn_id,
        namespace=settings.namespace,
        image=settings.image,
        image_pull_secrets=[k8s.V1LocalObjectReference(name=name) for name in settings.image_pull_secrets],
        cmds=["python"],
        labels=settings.labels | {"app.kubernetes.io/name": "ownvoice-trainer"},
        annotations=settings.annotations,
        env_vars=_variables(settings, gpu),
        env_from=_secrets(settings.train_secrets if gpu else settings.publish_secrets),
        service_account_name=settings.service_account,
        **_placement(settings, gpu),
        **_confinement(settings, gpu),
        deferrable=True,
        durable=True,  # a restarted worker attaches to the running pod
        poll_interval=10,
        logging_interval=30,
        capacity_timeout_s=settings.capacity_timeout_s,
        startup_timeout_seconds=settings.startup_timeout_s,
        active_deadline_seconds=settings.deadline_s,
        termination_grace_period=GRACE_PERIOD_S,
        termination_message_policy="FallbackToLogsOnError",  # the trainer's last lines outlive its log
        on_finish_action="delete_pod",
        on_kill_action="delete_pod",
        do_xcom_push=False,
    )


def _variables(settings: TrainingSettings, gpu: bool) -> dict[str, str]:
    variables = settings.environment | {
        "HOME": _SCRATCH,
        "TMPDIR": _SCRATCH,
        "PYTHONUNBUFFERED": "1",
        "OWNVOICE_TRAINER_IMAGE": str(settings.image),
    }
    if not gpu:
        return variables
    if settings.base_cache_claim:
        variables["HF_HUB_CACHE"] = _BASES
    # A pod that finds no GPU must end; on its CPUs it would train for a month.
    return variables | {"UNSLOTH_DISABLE_CPU_FALLBACK": "1"}


def _secrets(names: list[str]) -> list[k8s.V1EnvFromSource]:
    return [k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name=name, optional=False)) for name in names]


def _placement(settings: TrainingSettings, gpu: bool) -> dict[str, Any]:
    """Return resources, and what says on which node the pod may run."""
    if not gpu:
        return {"container_resources": k8s.V1ResourceRequirements(requests=_PUBLISHING, limits=_PUBLISHING)}
    gpus = {"nvidia.com/gpu": str(settings.gpu_count)}
    amounts = {"cpu": settings.cpu, "memory": settings.memory, "ephemeral-storage": settings.scratch} | gpus
    product = {"nvidia.com/gpu.product": settings.gpu_product} if settings.gpu_product else {}
    tolerations = enumerate(settings.tolerations)
    return {
        "container_resources": k8s.V1ResourceRequirements(requests=amounts, limits=amounts),
        "node_selector": settings.node_selector | product,
        "tolerations": [
            read_model(k8s.V1Toleration, one, f"OWNVOICE_TRAINER_TOLERATIONS[{number}]") for number, one in tolerations
        ],
        "affinity": read_model(k8s.V1Affinity, settings.affinity, "OWNVOICE_TRAINER_AFFINITY"),
        "runtime_class_name": settings.runtime_class,
        "priority_class_name": settings.priority_class,
    }


def _confinement(settings: TrainingSettings, gpu: bool) -> dict[str, Any]:
    """Return volumes and security contexts: no root, no key of the cluster, no writing but to the volumes."""
    volumes, mounts = _volumes(settings, gpu)
    return {
        "volumes": volumes,
        "volume_mounts": mounts,
        "automount_service_account_token": False,
        "security_context": k8s.V1PodSecurityContext(
            run_as_non_root=True,
            run_as_user=_USER,
            run_as_group=_USER,
            fs_group=_USER,
            fs_group_change_policy="OnRootMismatch",  # else each pod changes the owner of every cached file
            seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
        ),
        "container_security_context": k8s.V1SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.V1Capabilities(drop=["ALL"]),
        ),
    }


def _volumes(settings: TrainingSettings, gpu: bool) -> tuple[list[k8s.V1Volume], list[k8s.V1VolumeMount]]:
    scratch = k8s.V1EmptyDirVolumeSource(size_limit=settings.scratch)
    memory = k8s.V1EmptyDirVolumeSource(medium="Memory", size_limit=settings.shared_memory)
    shared = [("shm", "/dev/shm", memory)] if gpu else []  # noqa: S108  # where data loaders look for it
    places = [("scratch", _SCRATCH, scratch), ("tmp", "/tmp", k8s.V1EmptyDirVolumeSource()), *shared]  # noqa: S108
    volumes = [k8s.V1Volume(name=name, empty_dir=source) for name, _, source in places]
    mounts = [k8s.V1VolumeMount(name=name, mount_path=path) for name, path, _ in places]
    if gpu and settings.base_cache_claim:
        is_read_only = settings.base_cache_read_only
        claim = k8s.V1PersistentVolumeClaimVolumeSource(claim_name=settings.base_cache_claim, read_only=is_read_only)
        volumes.append(k8s.V1Volume(name="bases", persistent_volume_claim=claim))
        mounts.append(k8s.V1VolumeMount(name="bases", mount_path=_BASES, read_only=is_read_only))
    return volumes, mounts
