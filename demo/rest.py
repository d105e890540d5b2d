"""The calls of Airflow's REST API that the demo needs."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
DAGS = ("refresh_preferences", "train_dpo")
_DUE_RUN_TIMEOUT_S = 30


class Run(NamedTuple):
    """A run of a DAG."""

    dag_id: str
    run_id: str

    @property
    def in_lake(self) -> str:
        """The id under which the lake knows the run, as `ownvoice.airflow.run_ids` makes it."""
        return f"{self.dag_id}/{self.run_id}"

    @property
    def path(self) -> str:
        """Its path in the API."""
        return f"{_dag_path(self.dag_id)}/dagRuns/{_quoted(self.run_id)}"


class Airflow:
    """Airflow at `address`. Every method raises `httpx.HTTPError` if Airflow refuses or does not answer."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = httpx.Client(base_url=address, timeout=10, trust_env=False)  # a proxy cannot reach loopback

    def healthy_components(self) -> list[str]:
        """Return the components that are healthy; none while the API does not listen yet."""
        try:
            health = self._get("/api/v2/monitor/health")
        except httpx.TransportError:
            return []
        return [name for name in COMPONENTS if health[name]["status"] == "healthy"]

    def log_in(self, user: str, password: str) -> None:
        """Get the token that every later call sends."""
        answer = self._client.post("/auth/token", json={"username": user, "password": password})
        token = answer.raise_for_status().json()["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def missing_dags(self) -> list[str]:
        """Return those of the two DAGs that Airflow has not read yet."""
        return [dag_id for dag_id in DAGS if self._client.get(_dag_path(dag_id)).status_code != httpx.codes.OK]

    def import_errors(self) -> list[str]:
        """Return the trace of each DAG file that does not import."""
        return [fault["stack_trace"] for fault in self._get("/api/v2/importErrors")["import_errors"]]

    def begin(self, dag_id: str) -> Run:
        """Unpause a DAG and return the run to watch: one that is queued or running, else one that is triggered here.

        A DAG that is unpaused may start the run of last night by itself; a second run would only wait for it.
        """
        path = _dag_path(dag_id)
        dag = self._client.patch(path, json={"is_paused": False}).raise_for_status().json()
        for _ in range(_DUE_RUN_TIMEOUT_S if _is_past(dag["next_dagrun_run_after"]) else 1):
            if under_way := self._get(f"{path}/dagRuns?state=queued&state=running&order_by=run_after")["dag_runs"]:
                return Run(dag_id, str(under_way[0]["dag_run_id"]))
            time.sleep(1)
        answer = self._client.post(f"{path}/dagRuns", json={"logical_date": None})
        return Run(dag_id, str(answer.raise_for_status().json()["dag_run_id"]))

    def run_state(self, run: Run) -> str:
        """Return the run's state: queued, running, success or failed."""
        return str(self._get(run.path)["state"])

    def tasks(self, run: Run) -> list[dict[str, Any]]:
        """Return the run's task instances, with task_id, map_index and state."""
        answer = self._get(f"{run.path}/taskInstances?limit=100")
        return list(answer["task_instances"])

    def run_page(self, run: Run) -> str:
        """Return the address of the run's page in the UI."""
        return f"{self.address}/dags/{run.dag_id}/runs/{_quoted(run.run_id)}"

    def task_page(self, run: Run, task: dict[str, Any]) -> str:
        """Return the address of a task instance's page in the UI, which shows its log."""
        mapped = f"/mapped/{task['map_index']}" if task["map_index"] >= 0 else ""
        return f"{self.run_page(run)}/tasks/{task['task_id']}{mapped}"

    def _get(self, path: str) -> dict[str, Any]:
        return dict(self._client.get(path).raise_for_status().json())


def _is_past(moment: str | None) -> bool:
    return moment is not None and dt.datetime.fromisoformat(moment) <= dt.datetime.now(dt.UTC)


def _dag_path(dag_id: str) -> str:
    return f"/api/v2/dags/{dag_id}"


def _quoted(run_id: str) -> str:
    return quote(run_id, safe=":")
