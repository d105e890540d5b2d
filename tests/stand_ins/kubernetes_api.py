"""A stand-in for a Kubernetes API server with one node, on which a pod is a process of this machine.

It allows what the Role of docker/helm/trainer-role.yaml allows and nothing else, keeps the calls it was asked, gives a
pod the variables of its own spec and of Kubernetes Secrets and no others, and can evict pods, as a cluster does under
pressure.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stand_ins.kubernetes_manifests import right_of, trainer_rights

_BORN = "2026-11-22T00:00:00Z"


@dataclass
class Pod:
    """A pod as it was asked for, and the process that it is."""

    manifest: dict[str, Any]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    evicted: bool = False
    unfound: str | None = None

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the pod as it was asked for."""
        return dict(self.manifest["metadata"]["labels"])

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended, or the pod was evicted."""
        return self.evicted or (self.process is not None and self.process.poll() is not None)

    def as_json(self) -> dict[str, Any]:
        """Return the pod as the API shows it, with its status."""
        if self.evicted:
            status: dict[str, Any] = {"phase": "Failed", "reason": "Evicted", "message": "low on memory"}
            return self.manifest | {"status": status}
        code = self.process.poll() if self.process else None
        state: dict[str, Any]
        if self.unfound:
            phase, state = "Pending", {"waiting": {"reason": "CreateContainerConfigError", "message": self.unfound}}
        elif code is None:
            phase, state = "Running", {"running": {"startedAt": _BORN}}
        else:
            exit_code = code if code >= 0 else 128 - code
            phase = "Failed" if exit_code else "Succeeded"
            state = {"terminated": {"exitCode": exit_code, "reason": "Error" if exit_code else "Completed"}}
        container = {"name": "base", "state": state, "ready": phase == "Running", "restartCount": 0,
                     "image": "trainer", "imageID": "trainer"}  # fmt: skip
        status = {"phase": phase, "startTime": _BORN, "containerStatuses": [container],
                  "conditions": [{"type": "PodScheduled", "status": "True"}]}  # fmt: skip
        return self.manifest | {"status": status}


@dataclass
class StandInCluster:
    """The server's state. `python` takes the place of the image's interpreter."""

    python: str
    folder: Path
    url: str = ""
    pods: dict[str, Pod] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    rights: set[tuple[str, str]] = field(default_factory=set)  # that were needed so far: verb and resource
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)  # what this machine adds so that the process can run here
    evict_next: int = 0

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
        """Start the process of a pod as its manifest says; the first `evict_next` pods are evicted at once."""
        metadata = manifest["metadata"]
        metadata |= {"uid": metadata["name"], "resourceVersion": "1", "creationTimestamp": _BORN}
        self.created.append(manifest)
        pod = self.pods[metadata["name"]] = Pod(manifest, self.folder / f"{metadata['name']}.log")
        if self.evict_next:
            self.evict_next -= 1
            pod.evicted = True
            return pod
        container = manifest["spec"]["containers"][0]
        environment = self.variables | {one["name"]: one.get("value", "") for one in container.get("env", [])}
        for source in container.get("envFrom", []):
            name = source["secretRef"]["name"]
            if name not in self.secrets:
                pod.unfound = f'secret "{name}" not found'
                return pod
            environment |= self.secrets[name]
        environment |= {name: str(self.folder) for name in ("HOME", "TMPDIR")}
        command = [self.python, *container["args"]]
        with pod.log.open("wb") as log:
            pod.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        return pod

    def stop(self, pod: Pod) -> None:
        """Kill the process of a pod and all that it has started."""
        if pod.process and pod.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pod.process.pid, signal.SIGKILL)
            pod.process.wait()


@contextlib.contextmanager
def running_cluster(python: str) -> Iterator[StandInCluster]:
    """Run a cluster whose containers all run `python`, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = StandInCluster(python, Path(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"cluster": cluster}))
        server.daemon_threads = True
        cluster.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield cluster
        finally:
            for pod in cluster.pods.values():
                cluster.stop(pod)
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    cluster: StandInCluster
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match = re.fullmatch(r"/api/v1/namespaces/([^/]+)/(pods|events)(?:/([^/]+))?(?:/(log))?", parts.path)
        if match is None:
            self._answer({"kind": "Status", "code": 404}, 404)
            return
        _, kind, name, log = match.groups()
        verb = "log" if log else f"{self.command.lower()} {'one' if name else 'all'}"
        self.cluster.calls.append(f"{verb} {kind}")
        right = right_of(self.command, f"{kind}/log" if log else kind, bool(name), self.query)
        self.cluster.rights.add(right)
        if right not in trainer_rights():
            self._answer(
                {"kind": "Status", "code": 403, "reason": "Forbidden", "message": f"no {' '.join(right)}"}, 403
            )
            return
        if name and name not in self.cluster.pods:
            self._answer({"kind": "Status", "code": 404, "reason": "NotFound"}, 404)
            return
        getattr(self, f"_{kind}_{verb.replace(' ', '_')}")(self.cluster.pods.get(name or ""))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _answer(self, value: Any, status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def _pods_get_all(self, _: None) -> None:
        rules = self.query.get("labelSelector", "").split(",")
        found = [
            pod.as_json() for pod in self.cluster.pods.values() if all(_matches(pod.labels, rule) for rule in rules)
        ]
        self._answer({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": found})

    def _pods_post_all(self, _: None) -> None:
        self._answer(self.cluster.start(json.loads(self.body)).as_json(), 201)

    def _pods_get_one(self, pod: Pod) -> None:
        self._answer(pod.as_json())

    def _pods_patch_one(self, pod: Pod) -> None:
        pod.labels.update(json.loads(self.body)["metadata"]["labels"])
        self._answer(pod.as_json())

    def _pods_delete_one(self, pod: Pod) -> None:
        self.cluster.stop(pod)
        del self.cluster.pods[pod.manifest["metadata"]["name"]]
        self._answer(pod.as_json())

    def _pods_log(self, pod: Pod) -> None:
        while self.query.get("follow") == "True" and not pod.has_ended:
            time.sleep(0.02)
        self._stream()
        stamp = f"{_BORN} ".encode() if self.query.get("timestamps") == "True" else b""
        lines = pod.log.read_bytes().splitlines() if pod.log.exists() else []
        self.wfile.write(b"".join(stamp + line + b"\n" for line in lines))

    def _events_get_all(self, _: None) -> None:
        if "watch" in self.query:  # nothing happens on this node that would be an event
            time.sleep(0.2)
            self._stream()
            return
        self._answer({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": []})


def _matches(labels: dict[str, str], rule: str) -> bool:
    """Say whether labels meet one rule of a selector: `name=value`, `name!=value` or `!name`."""
    if rule.startswith("!"):
        return rule[1:] not in labels
    name, operator, value = re.fullmatch(r"([^=!]+)(!=|==?)(.*)", rule).groups()  # type: ignore[union-attr]
    return (labels.get(name) == value) == (operator != "!=")
