"""A whole Airflow on loopback, with an empty home of its own: scheduler, triggerer, workers and the API of its UI."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import httpx

_T = TypeVar("_T")

_USER, _PASSWORD = "admin", "live-airflow-0123456789"
_PROCESSES = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}


class LiveAirflow:
    """What a person does in the UI, as calls of the API that the UI makes.

    environment: that of its processes, for workers that it does not start itself
    """

    def __init__(self, address: str, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.client = httpx.Client(base_url=f"{address}/api/v2", timeout=10, trust_env=False)

    def log_in(self) -> None:
        """Get the token that the later calls carry."""
        address = str(self.client.base_url).removesuffix("/api/v2/")
        answer = self.client.post(f"{address}/auth/token", json={"username": _USER, "password": _PASSWORD})
        self.client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    def has_dag(self, dag_id: str) -> bool:
        """Say whether the DAG is known already."""
        return self.client.get(f"/dags/{dag_id}").status_code == httpx.codes.OK

    def trigger(self, dag_id: str, run_id: str, form: Mapping[str, Any] | None = None) -> str:
        """Unpause a DAG and start a run of it; return the run's path."""
        self.client.patch(f"/dags/{dag_id}", json={"is_paused": False}).raise_for_status()
        body = {"logical_date": None, "dag_run_id": run_id, "conf": dict(form or {})}
        self.client.post(f"/dags/{dag_id}/dagRuns", json=body).raise_for_status()
        return f"/dags/{dag_id}/dagRuns/{quote(run_id)}"

    def states(self, run: str) -> dict[tuple[str, int], str | None]:
        """Return the state of each task instance, by task and map index."""
        found = self.client.get(f"{run}/taskInstances").raise_for_status().json()["task_instances"]
        return {(one["task_id"], one["map_index"]): one["state"] for one in found}

    def run_state(self, run: str) -> str:
        """Return the state of a run."""
        return str(self.client.get(run).raise_for_status().json()["state"])

    def answer(self, run: str, task_id: str, option: str) -> None:
        """Answer a required action, no sooner than a person could.

        An answer that comes before the scheduler has seen the asking worker end makes Airflow 3.3 try the task again.
        """
        time.sleep(3)
        path = f"{run}/taskInstances/{task_id}/-1/hitlDetails"
        self.client.patch(path, json={"chosen_options": [option], "params_input": {}}).raise_for_status()

    def clear(self, run: str, task_id: str, map_index: int) -> None:
        """Clear a task instance with those after it, also where it runs; what failed may be among them."""
        dag, _, run_id = run.removeprefix("/dags/").partition("/dagRuns/")
        body = {
            "dry_run": False,
            "dag_run_id": unquote(run_id),
            "task_ids": [[task_id, map_index]],
            "include_downstream": True,
            "only_failed": False,
        }
        self.client.post(f"/dags/{dag}/clearTaskInstances", json=body).raise_for_status()

    def fail_task(self, run: str, task_id: str, map_index: int) -> None:
        """Mark a task instance as failed."""
        path = f"{run}/taskInstances/{task_id}/{map_index}"
        self.client.patch(path, json={"new_state": "failed"}).raise_for_status()

    def fail_run(self, run: str) -> None:
        """Mark a whole run as failed."""
        self.client.patch(run, json={"state": "failed"}).raise_for_status()


def wait_for(look: Callable[[], _T], what: str, timeout_s: float = 120) -> _T:
    """Look until what is seen is true; return it."""
    give_up = time.monotonic() + timeout_s
    while not (seen := look()):
        if time.monotonic() > give_up:
            raise AssertionError(f"{what}: not within {timeout_s} s")
        time.sleep(0.2)
    return seen


@contextlib.contextmanager
def running_airflow(home: Path, dags_folder: Path, variables: Mapping[str, str]) -> Iterator[LiveAirflow]:
    """Start it on a free port; in the end, end exactly the processes that were started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = _environment(home, dags_folder, port) | dict(variables)
    command = [sys.executable, "-m", "airflow"]
    subprocess.run([*command, "db", "migrate"], env=environment, check=True, capture_output=True)
    processes = []
    try:
        for name, arguments in _PROCESSES.items():
            with (home / f"{name}.log").open("wb") as log:
                processes.append(
                    subprocess.Popen(
                        [*command, *arguments],
                        env=environment, cwd=home, stdout=log, stderr=log, start_new_session=True,
                    )
                )  # fmt: skip
        airflow = LiveAirflow(f"http://127.0.0.1:{port}", environment)
        wait_for(lambda: _is_healthy(airflow), f"Airflow with its logs in {home}", timeout_s=180)
        airflow.log_in()
        yield airflow
        airflow.client.close()
    finally:
        for process in processes:
            _signal(process, signal.SIGTERM)
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _is_healthy(airflow: LiveAirflow) -> bool:
    try:
        health = airflow.client.get("/monitor/health").json()
    except (httpx.TransportError, json.JSONDecodeError):
        return False
    return all(health[name]["status"] == "healthy" for name in ("scheduler", "triggerer", "dag_processor"))


def _environment(home: Path, dags_folder: Path, port: int) -> dict[str, str]:
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps({_USER: _PASSWORD}))
    foreign = ("AIRFLOW", "PYTHONDONTWRITEBYTECODE", "OWNVOICE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "x" * 64,
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": "",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{_USER}:admin",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
        "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
        "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "15",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
