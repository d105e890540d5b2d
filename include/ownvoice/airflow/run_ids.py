"""The id under which the lake knows a run of a DAG."""

from __future__ import annotations

from typing import Any


def lake_run_id(run: Any) -> str:
    """Return `<dag id>/<run id>` of a DAG run or a task instance, since runs of two DAGs may have the same run id."""
    return f"{run.dag_id}/{run.run_id}"
