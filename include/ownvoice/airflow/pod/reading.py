"""Reading a pod of either Kubernetes client, whose models have the same attributes; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BASE = "base"  # the operator's name for the trainer's container; others are the cluster's own
_MAX_QUOTED_CHARS = 300


def _statuses(pod: Any) -> list[Any]:
    return [*(pod.status.init_container_statuses or ()), *(pod.status.container_statuses or ())]


def _base(pod: Any) -> Any:
    return next((one for one in pod.status.container_statuses or () if one.name == BASE), None)


def terminated(pod: Any) -> Any:
    """Return how the trainer's container ended, or None."""
    base = _base(pod)
    return base.state.terminated if base and base.state else None


def ended_for_memory(pod: Any) -> list[str]:
    """Return the names of containers that were killed for their memory, those that were started again included."""
    return [
        one.name
        for one in _statuses(pod)
        for state in (one.state, one.last_state)
        if state and state.terminated and state.terminated.reason == "OOMKilled"
    ]


def waiting_states(pod: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names of containers that are not started yet, and why they are not."""
    yield from ((one.name, one.state.waiting) for one in _statuses(pod) if one.state and one.state.waiting)


def is_of_another(message: str, pod: Any, container: str) -> bool:
    """Whether an event about an image speaks of another container's."""
    own = _image(pod, container)
    others = {one.image for one in _containers(pod) if one.image and one.image != own}
    return any(f'"{image}"' in message for image in others)


def has_gpu(pod: Any) -> bool:
    """Whether the pod asked for a GPU; one that publishes does not, and its CPU and memory are fixed."""
    return "nvidia.com/gpu" in _limits(pod)


def _containers(pod: Any) -> list[Any]:
    return [*(pod.spec.init_containers or ()), *pod.spec.containers]


def _image(pod: Any, container: str) -> str:
    """Return the image of a container by its name; empty for one that the pod's manifest does not have."""
    return next((one.image or "" for one in _containers(pod) if one.name == container), "")


def _limits(pod: Any) -> dict[str, str]:
    base = next(one for one in pod.spec.containers if one.name == BASE)
    return (base.resources and base.resources.limits) or {}


def is_running(pod: Any) -> bool:
    """Whether the trainer runs, or ran when its node last answered."""
    base = _base(pod)
    return bool(base and base.state and base.state.running) or pod.status.phase == "Unknown"


def condition(pod: Any, kind: str) -> Any:
    """Return a condition of the pod, or None."""
    return next((one for one in pod.status.conditions or () if one.type == kind), None)


def filled(text: str, pod: Any, container: str = BASE, **more: str) -> str:
    """Fill in a sentence of the table about one of its containers with what the pod asked for."""
    limits = _limits(pod)
    shared = next((one.empty_dir.size_limit for one in pod.spec.volumes or () if one.name == "shm"), "")
    return text.format(
        container=container,
        image=_image(pod, container),
        namespace=pod.metadata.namespace,
        memory=limits.get("memory", ""),
        cpu=limits.get("cpu", ""),
        scratch=limits.get("ephemeral-storage", ""),
        gpus=limits.get("nvidia.com/gpu", ""),
        shared_memory=shared,
        deadline_s=pod.spec.active_deadline_seconds,
        **more,
    )


def quoted(words: str | None) -> str:
    """Return the cluster's own words for the end of a message, in one line."""
    line = " ".join((words or "").split()).rstrip(".")
    return f' Kubernetes says: "{line[:_MAX_QUOTED_CHARS]}".' if line else ""
