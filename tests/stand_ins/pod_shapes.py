"""What Kubernetes shows of a pod in each of its fates, in the words of a 1.36 cluster with containerd.

A shape is laid over a pod's manifest; the stand-in cluster shows it in place of a process.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

_SCHEDULED = {"type": "PodScheduled", "status": "True"}


@dataclass(frozen=True)
class Shape:
    """Status and events of a pod. After `looks` of them the pod gets its process; one that is `gone` is not found."""

    status: dict[str, Any] = field(default_factory=dict)
    events: tuple[dict[str, Any], ...] = ()
    looks: int | None = None
    gone: bool = False
    ended_by_s: float | None = None  # seconds since the pod was to have ended


def event(reason: str, message: str, *, kind: str = "Warning", count: int = 1) -> dict[str, Any]:
    """Return an event of the pod."""
    return {"reason": reason, "message": message, "type": kind, "count": count}


def unschedulable(message: str, *, looks: int | None = None) -> Shape:
    """Return a pod that no node takes."""
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return Shape({"phase": "Pending", "conditions": [condition]}, (event("FailedScheduling", message),), looks)


def gated() -> Shape:
    """Return a pod that Kueue holds back."""
    condition = {"type": "PodScheduled", "status": "False", "reason": "SchedulingGated",
                 "message": "Scheduling is blocked due to non-empty scheduling gates"}  # fmt: skip
    return Shape({"phase": "Pending", "conditions": [condition]})


def waiting(reason: str, message: str = "", *events: dict[str, Any]) -> Shape:
    """Return a pod that has a node, and whose container does not start."""
    state = {"waiting": {"reason": reason, "message": message}}
    return Shape({"phase": "Pending", "conditions": [_SCHEDULED], "containerStatuses": [container(state)]}, events)


def ended(code: int, reason: str = "Error", message: str = "") -> Shape:
    """Return a pod whose container ended."""
    state = {"terminated": {"exitCode": code, "reason": reason, "message": message}}
    phase = "Failed" if code else "Succeeded"
    return Shape({"phase": phase, "conditions": [_SCHEDULED], "containerStatuses": [container(state)]})


def failed(reason: str, message: str = "", *, code: int | None = None, disruption: str | None = None) -> Shape:
    """Return a pod that was ended from outside, with or without the end of its container."""
    conditions = [_SCHEDULED]
    if disruption:
        conditions.append({"type": "DisruptionTarget", "status": "True", "reason": disruption, "message": message})
    state = {"terminated": {"exitCode": code, "reason": "Error"}}
    containers = [] if code is None else [container(state)]
    status = {"phase": "Failed", "message": message, "conditions": conditions, "containerStatuses": containers}
    return Shape(status | ({"reason": reason} if reason else {}))


def running(**more: Any) -> Shape:
    """Return a pod that runs."""
    state = {"running": {"startedAt": "2026-11-28T00:00:00Z"}}
    status = {"phase": "Running", "conditions": [_SCHEDULED], "containerStatuses": [container(state)]}
    return Shape(status, **more)


def container(state: dict[str, Any], name: str = "base") -> dict[str, Any]:
    """Return the status of a container."""
    return {"name": name, "state": state, "ready": "running" in state, "restartCount": 0, "image": "trainer",
            "imageID": "trainer", "lastState": {}}  # fmt: skip


def stamped(moment: dt.datetime) -> str:
    """Return a time as Kubernetes writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
