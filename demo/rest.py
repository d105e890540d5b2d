"""The few calls of Airflow's REST API that the demo needs."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any
from urllib.parse import quote

import httpx

COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
_DAG = "/api/v2/dags/refresh_preferences"
_DUE_RUN_TIMEOUT_S = 30


class Airflow:
    """Airflow at `address`. Raises `httpx.HTTPError` where it does not answer, or refuses."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = httpx.Client(base_url=address, timeout=10, trust_env=False)  # no proxy leads to loopback

    def healthy_components(self) -> list[str]:
        """Return which components say that they are healthy; none while the API does not listen yet."""
        try:
            health = self._get("/api/v2/monitor/health")
        except httpx.TransportError:
            return []
        return [name for name in COMPONENTS if health[name]["status"] == "healthy"]

    def log_in(self, user: str, password: str) -> None:
        """Get the token that every later call carries."""
        answer = self._client.post("/auth/token", json={"username": user, "password": password})
        token = answer.raise_for_status().json()["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def has_dag(self) -> bool:
        """Say whether refresh_preferences is there."""
        return self._client.get(_DAG).status_code == httpx.codes.OK

    def import_errors(self) -> list[str]:
        """Return the trace of each DAG file that does not import."""
        return [fault["stack_trace"] for fault in self._get("/api/v2/importErrors")["import_errors"]]

    def begin_refresh(self) -> str:
        """Unpause refresh_preferences and return the id of the run to watch.

        Unpaused it may make up for last night by itself. That run, or another one under way, is the one to watch,
        since a second would only wait for it; where there is none, one is triggered.
        """
        dag = self._client.patch(_DAG, json={"is_paused": False}).raise_for_status().json()
        for _ in range(_DUE_RUN_TIMEOUT_S if _is_past(dag["next_dagrun_run_after"]) else 1):
            if under_way := self._get(f"{_DAG}/dagRuns?state=queued&state=running&order_by=run_after")["dag_runs"]:
                return str(under_way[0]["dag_run_id"])
            time.sleep(1)
        answer = self._client.post(f"{_DAG}/dagRuns", json={"logical_date": None})
        return str(answer.raise_for_status().json()["dag_run_id"])

    def run_state(self, run_id: str) -> str:
        """Return the run's state: queued, running, success or failed."""
        return str(self._get(f"{_DAG}/dagRuns/{_quoted(run_id)}")["state"])

    def tasks(self, run_id: str) -> list[dict[str, Any]]:
        """Return the run's task instances, with task_id, map_index and state."""
        answer = self._get(f"{_DAG}/dagRuns/{_quoted(run_id)}/taskInstances?limit=100")
        return list(answer["task_instances"])

    def run_page(self, run_id: str) -> str:
        """Return the address of the run's page in the UI."""
        return f"{self.address}/dags/refresh_preferences/runs/{_quoted(run_id)}"

    def task_page(self, run_id: str, task: dict[str, Any]) -> str:
        """Return the address of a task instance's page in the UI, where its log stands."""
        mapped = f"/mapped/{task['map_index']}" if task["map_index"] >= 0 else ""
        return f"{self.run_page(run_id)}/tasks/{task['task_id']}{mapped}"

    def _get(self, path: str) -> dict[str, Any]:
        return dict(self._client.get(path).raise_for_status().json())


def _is_past(moment: str | None) -> bool:
    return moment is not None and dt.datetime.fromisoformat(moment) <= dt.datetime.now(dt.UTC)


def _quoted(run_id: str) -> str:
    return quote(run_id, safe=":")
