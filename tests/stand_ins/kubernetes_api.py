"""A stand-in for a Kubernetes API server, over the stand-in cluster."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stand_ins.cluster import BORN, Pod, StandInCluster
from stand_ins.kubernetes_manifests import right_of


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
        call = f"{verb} {kind}"
        self.cluster.calls.append(call)
        right = right_of(self.command, f"{kind}/log" if log else kind, bool(name), self.query)
        self.cluster.rights.add(right)
        if call == "get one pods" and self.cluster.calls.count(call) in self.cluster.away_at:
            self._stay_away()
        elif right not in self.cluster.role:
            self._refuse(403, f'{kind} is forbidden: User "airflow" cannot {right[0]} resource "{right[1]}"')
        elif call == "post all pods" and self.cluster.refusals:
            self._refuse(*self.cluster.refusals.pop(0))
        elif name and name not in self.cluster.pods:
            self._refuse(404, f'{kind} "{name}" not found')
        else:
            getattr(self, f"_{kind}_{verb.replace(' ', '_')}")(self.cluster.pods.get(name or ""))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _stay_away(self) -> None:
        """Leave a look without the pod, as an API does that starts again."""
        self.close_connection = True
        if self.cluster.away_by == "403":
            self._refuse(
                403, 'pods "p" is forbidden: cannot get resource "pods" in namespace: role "trainer" not found'
            )
        elif self.cluster.away_by == "half an answer":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"{")

    def _refuse(self, status: int, message: str) -> None:
        self._answer({"kind": "Status", "apiVersion": "v1", "code": status, "message": message}, status)

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
        seen = self.cluster.look(pod)
        self._answer(seen.as_json()) if seen else self._refuse(404, "the pod is gone")

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
        stamp = f"{BORN} ".encode() if self.query.get("timestamps") == "True" else b""
        lines = pod.log.read_bytes().splitlines() if pod.log.exists() else []
        self.wfile.write(b"".join(stamp + line + b"\n" for line in lines))

    def _events_get_all(self, _: None) -> None:
        name = self.query["fieldSelector"].removeprefix("involvedObject.name=")
        shape = self.cluster.pods[name].shape if name in self.cluster.pods else None
        items = [
            {"metadata": {"name": f"{name}.{number}", "creationTimestamp": BORN}, "involvedObject": {"name": name}}
            | one
            for number, one in enumerate(shape.events if shape else ())
        ]
        self._answer({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": items})


def _matches(labels: dict[str, str], rule: str) -> bool:
    """Say whether labels meet one rule of a selector: `name=value`, `name!=value` or `!name`."""
    if rule.startswith("!"):
        return rule[1:] not in labels
    name, operator, value = re.fullmatch(r"([^=!]+)(!=|==?)(.*)", rule).groups()  # type: ignore[union-attr]
    return (labels.get(name) == value) == (operator != "!=")
