"""Follows a run of a DAG until it has ended; names the tasks that failed, with the pages of their logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from processes import Started
from rest import Airflow, Run
from watch import watch

_SHOWN = {"running": "running", "up_for_retry": "waiting for a retry", "failed": "failed"}


def follow(
    airflow: Airflow, run: Run, timeout_s: float, processes: Sequence[Started], detail: Callable[[], str] = lambda: ""
) -> None:
    """Show the run's progress, with what `detail` returns, until the run has ended or `timeout_s` has passed."""

    def look() -> tuple[bool, str]:
        state = airflow.run_state(run)
        counts = task_counts(task["state"] for task in airflow.tasks(run))
        return state in ("success", "failed"), f"{run.dag_id} {state}: {counts}{detail()}"

    watch(look, timeout_s, processes)


def succeeded(airflow: Airflow, run: Run) -> bool:
    """Say whether the run succeeded; if not, print which tasks failed and the pages of their logs."""
    state = airflow.run_state(run)
    failed = [task for task in airflow.tasks(run) if task["state"] == "failed"]
    if state not in ("success", "failed"):
        print(f"{run.dag_id} is still {state}: {airflow.run_page(run)}")
    first = {task["task_id"]: airflow.task_page(run, task) for task in reversed(failed)}
    for name, count in Counter(task["task_id"] for task in failed).items():
        print(f"{count} x {name} failed. The log of the first: {first[name]}")
    return state == "success"


def task_counts(states: Iterable[str | None]) -> str:
    """Return how many tasks of a run are done, running, waiting for a retry and failed, in words."""
    counts = Counter(states)
    done = counts["success"] + counts["skipped"]
    return f"{done} of {counts.total()} tasks done" + "".join(
        f", {counts[state]} {word}" for state, word in _SHOWN.items() if counts[state]
    )
