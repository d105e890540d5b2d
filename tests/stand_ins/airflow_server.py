"""A real Airflow on loopback: its API server with our DAGs and plugin, SQLite, and no scheduler.

What is shown of a run comes from the lake, so that a run needs to be known and not to be at work.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from stand_ins.places import REPOSITORY

sys.path.append(str(REPOSITORY / "demo"))

from environment import LOOPBACK, demo_environment, free_port

# By name: their role; the password is the name.
USERS = {"admin": "admin", "anna": "user", "ben": "user", "reader": "viewer", "stranger": ""}
_READY_TIMEOUT_S = 120


class AirflowServer:
    """The server at `address`. `client` is logged in as admin, and follows no redirect."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._clients: list[httpx.Client] = []
        self.client = self.log_in("admin")

    def log_in(self, user: str) -> httpx.Client:
        """Return a client with the cookie that the UI would have set for `user`."""
        client = httpx.Client(base_url=self.address, timeout=60, trust_env=False)
        answer = client.post("/auth/token", json={"username": user, "password": user}).raise_for_status()
        client.cookies.set("_token", answer.json()["access_token"])
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Close the connections of everybody who logged in."""
        for client in self._clients:
            client.close()

    def add_run(self, dag_id: str, run_id: str) -> None:
        """Make Airflow know a run of a DAG; it stays queued."""
        body = {"logical_date": None, "dag_run_id": run_id}
        self.client.post(f"/api/v2/dags/{dag_id}/dagRuns", json=body).raise_for_status()


@contextlib.contextmanager
def running_airflow(home: Path, lake_uri: str, more: Mapping[str, str] | None = None) -> Iterator[AirflowServer]:
    """Run Airflow in the empty folder `home` for as long as the block lasts; `more` goes into its environment."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "passwords.json").write_text(json.dumps({user: user for user in USERS}))
    port = free_port()
    env = demo_environment(os.environ, port) | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "OWNVOICE_LAKE": lake_uri,
        "OWNVOICE_PAGE_DEADLINE_S": "60",  # a machine that runs tests is busy with other things
        **(more or {}),
    }
    for command in (["db", "migrate"], ["dags", "reserialize"]):
        subprocess.run([sys.executable, "-m", "airflow", *command], env=env, check=True, capture_output=True)
    with (home / "api-server.log").open("wb") as log:
        command = [sys.executable, "-m", "airflow", "api-server", "--workers", "1"]
        server = subprocess.Popen(command, env=env, cwd=home, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(f"http://{LOOPBACK}:{port}", home / "api-server.log")
        with contextlib.closing(AirflowServer(f"http://{LOOPBACK}:{port}")) as airflow:
            yield airflow
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _wait(address: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/api/v2/monitor/health", trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise AssertionError(f"Airflow's API server did not start within {_READY_TIMEOUT_S} s; its log is {log}")
