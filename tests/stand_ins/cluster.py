"""The state of the stand-in cluster: one node, on which a pod is a process of this machine.

It keeps the calls it was asked, and gives a pod the variables of its own spec and of Kubernetes Secrets and no others.
Its switches: pods that meet another fate than their process (`fates`), answers that refuse a pod (`refusals`), a role
that allows less than that of docker/helm/trainer-role.yaml (`role`), and an API that does not answer (`away_at`,
`away_by`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stand_ins.kubernetes_manifests import trainer_rights
from stand_ins.pod_shapes import Shape, stamped, waiting

BORN = "2026-11-22T00:00:00Z"  # of what nobody reads


@dataclass
class Pod:
    """A pod as it was asked for, and the process that it is."""

    manifest: dict[str, Any]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    shape: Shape | None = None
    looks: int = 0

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the pod as it was asked for."""
        return dict(self.manifest["metadata"]["labels"])

    @property
    def has_ended(self) -> bool:
        """Whether nothing runs, or nothing does any more."""
        return self.process is None or self.process.poll() is not None

    def as_json(self) -> dict[str, Any]:
        """Return the pod as the API shows it, with its status."""
        if self.shape:
            return self.manifest | {"status": self.shape.status}
        code = self.process.poll() if self.process else None
        state: dict[str, Any]
        if code is None:
            phase, state = "Running", {"running": {"startedAt": BORN}}
        else:
            exit_code = code if code >= 0 else 128 - code
            phase = "Failed" if exit_code else "Succeeded"
            state = {"terminated": {"exitCode": exit_code, "reason": "Error" if exit_code else "Completed"}}
            if exit_code and self._falls_back_to_logs:
                state["terminated"]["message"] = self.log.read_text(errors="replace")[-2048:]
        container = {"name": "base", "state": state, "ready": phase == "Running", "restartCount": 0,
                     "image": "trainer", "imageID": "trainer"}  # fmt: skip
        status = {"phase": phase, "containerStatuses": [container],
                  "conditions": [{"type": "PodScheduled", "status": "True"}]}  # fmt: skip
        return self.manifest | {"status": status}

    @property
    def _falls_back_to_logs(self) -> bool:
        return bool(self.manifest["spec"]["containers"][0].get("terminationMessagePolicy") == "FallbackToLogsOnError")


@dataclass
class StandInCluster:
    """The server's state. `python` takes the place of the image's interpreter."""

    python: str
    folder: Path
    url: str = ""
    pods: dict[str, Pod] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)  # what this machine adds so that the process can run here
    fates: list[Shape] = field(default_factory=list)  # of the next pods, in their order; the rest are processes
    refusals: list[tuple[int, str]] = field(default_factory=list)  # status and message for the next pods asked for
    role: frozenset[tuple[str, str]] = field(
        default_factory=lambda: trainer_rights()
    )  # verb and resource of all that is allowed
    rights: set[tuple[str, str]] = field(default_factory=set)  # that were needed so far
    away_at: range = range(0)  # the looks at a pod, counted from 1, that get no answer
    away_by: str = "no answer"  # or "403", as of a cluster that starts again, or "half an answer"

    def kubeconfig(self) -> dict[str, Any]:
        """Return the configuration with which a client reaches this server."""
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "stand-in",
            "contexts": [{"name": "stand-in", "context": {"cluster": "stand-in", "user": "stand-in"}}],
            "clusters": [{"name": "stand-in", "cluster": {"server": self.url}}],
            "users": [{"name": "stand-in", "user": {"token": "cluster-token-0123456789"}}],
        }

    def start(self, manifest: dict[str, Any]) -> Pod:
        """Make a pod, with the first of `fates` or else with its process."""
        metadata = manifest["metadata"]
        metadata |= {
            "uid": metadata["name"],
            "resourceVersion": "1",
            "creationTimestamp": stamped(dt.datetime.now(dt.UTC)),
        }
        self.created.append(manifest)
        pod = self.pods[metadata["name"]] = Pod(manifest, self.folder / f"{metadata['name']}.log")
        if self.fates:
            pod.shape = self.fates.pop(0)
        else:
            self.run(pod)
        return pod

    def run(self, pod: Pod) -> None:
        """Start the process of a pod as its manifest says."""
        pod.shape = None
        container = pod.manifest["spec"]["containers"][0]
        environment = self.variables | {one["name"]: one.get("value", "") for one in container.get("env", [])}
        for source in container.get("envFrom", []):
            name = source["secretRef"]["name"]
            if name not in self.secrets:
                pod.shape = waiting("CreateContainerConfigError", f'secret "{name}" not found')
                return
            environment |= self.secrets[name]
        environment |= {name: str(self.folder) for name in ("HOME", "TMPDIR")}
        command = [self.python, *container["args"]]
        with pod.log.open("wb") as log:
            pod.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)

    def look(self, pod: Pod) -> Pod | None:
        """Return a pod that is looked at, which may be the look that ends its fate; None where it is gone."""
        pod.looks += 1
        if pod.shape and pod.shape.gone:
            del self.pods[pod.manifest["metadata"]["name"]]
            return None
        if pod.shape and pod.shape.looks is not None and pod.looks > pod.shape.looks:
            self.run(pod)
        return pod

    def stop(self, pod: Pod) -> None:
        """Kill the process of a pod and all that it has started."""
        if pod.process and pod.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pod.process.pid, signal.SIGKILL)
            pod.process.wait()
