"""What Airflow itself costs a chunk: our batches against one mapped task a chunk.

The claim: for a refresh of 10,000 chunks, orchestration costs at least twenty times less CPU a chunk than mapping a
task over every chunk. Both are run for real, on a LocalExecutor with SQLite, with bodies that do nothing, so that what
is measured is Airflow alone: a DAG of the refresh's own shape with its 64 batches, and a DAG that maps one task over
`--mapped` chunks. CPU is that of all of Airflow's processes and their children, less what an idle Airflow uses.

Run as: python benchmarks/airflow_overhead.py [--mapped 200]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "demo"))
from environment import LOOPBACK, demo_environment, free_port  # noqa: E402
from processes import Started, end, start  # noqa: E402

CHUNKS = 10_000
BATCHES = 64  # OWNVOICE_MAX_GENERATION_TASKS
LEAST_RATIO = 20.0
COMMANDS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
}
DAGS = """
from airflow.sdk import dag, task, task_group

@task
def step(batch=None):
    return batch

@dag(dag_id="ours", schedule=None, max_active_tasks=64)
def ours():
    @task_group
    def settle(batch):
        step.override(task_id="curate")(step.override(task_id="generate")(batch))

    planned = step.override(task_id="plan")(list(range({batches})))
    step.override(task_id="list")() >> planned
    last = settle.expand(batch=planned)
    for name in ("commit", "report", "cursor"):
        last = last >> step.override(task_id=name)()

@dag(dag_id="task_a_chunk", schedule=None, max_active_tasks=64)
def task_a_chunk():
    step.expand(batch=list(range({mapped})))

ours()
task_a_chunk()
"""


def main() -> int:
    """Run both, print the table, and say whether the claim holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mapped", type=int, default=200, help="chunks of the DAG that maps a task over each")
    mapped = parser.parse_args().mapped
    with tempfile.TemporaryDirectory() as home:
        ours, theirs = measure(Path(home), mapped)
    ours_a_chunk, theirs_a_chunk = ours / CHUNKS, theirs / mapped
    print("                      chunks   tasks   CPU s   CPU s a chunk")
    print(f"batches of a refresh  {CHUNKS:>6,}  {2 * BATCHES + 5:>6,}  {ours:>6.1f}  {ours_a_chunk:>14.4f}")
    print(f"one task a chunk      {mapped:>6,}  {mapped:>6,}  {theirs:>6.1f}  {theirs_a_chunk:>14.4f}")
    ratio = theirs_a_chunk / ours_a_chunk
    print(f"{ratio:.0f} times less a chunk: {'met' if ratio >= LEAST_RATIO else 'MISSED'}")
    return 0 if ratio >= LEAST_RATIO else 1


def measure(home: Path, mapped: int) -> tuple[float, float]:
    """Return the CPU seconds of a run of each DAG."""
    (home / "dags").mkdir()
    (home / "dags" / "both.py").write_text(DAGS.format(batches=BATCHES, mapped=mapped))
    port = free_port()
    env = demo_environment(os.environ, port) | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",  # for minutes, on loopback
    }
    airflow = [sys.executable, "-m", "airflow"]
    subprocess.run([*airflow, "db", "migrate"], env=env, check=True, capture_output=True)
    processes = [start(name, [*airflow, *command], env, home) for name, command in COMMANDS.items()]
    try:
        with httpx.Client(base_url=f"http://{LOOPBACK}:{port}/api/v2", timeout=30, trust_env=False) as api:
            wait_for(lambda: api.get("/dags/task_a_chunk").status_code == httpx.codes.OK, "the DAGs")
            idle = idle_cpu_a_second(processes)
            return run(api, "ours", processes, idle), run(api, "task_a_chunk", processes, idle)
    finally:
        for _ in end(processes):
            pass


def run(api: httpx.Client, dag: str, processes: list[Started], idle: float) -> float:
    """Run a DAG to its end; return the CPU seconds it cost beyond an idle Airflow."""
    before, began = cpu_seconds(processes), time.monotonic()
    api.patch(f"/dags/{dag}", json={"is_paused": False}).raise_for_status()
    run_id = api.post(f"/dags/{dag}/dagRuns", json={"logical_date": None}).raise_for_status().json()["dag_run_id"]

    def is_over() -> bool:
        state = api.get(f"/dags/{dag}/dagRuns/{run_id}").raise_for_status().json()["state"]
        if state == "failed":
            raise RuntimeError(f"the run of {dag} failed")
        return bool(state == "success")

    wait_for(is_over, f"the run of {dag}")
    return cpu_seconds(processes) - before - idle * (time.monotonic() - began)


def idle_cpu_a_second(processes: list[Started]) -> float:
    """Return what Airflow uses while it has nothing to do."""
    time.sleep(10)
    before = cpu_seconds(processes)
    time.sleep(20)
    return (cpu_seconds(processes) - before) / 20


def cpu_seconds(processes: list[Started]) -> float:
    """Return the CPU seconds of the processes, of their children, and of children that have ended."""
    leaders = [psutil.Process(one.pid) for one in processes]
    family = [*leaders, *(child for leader in leaders for child in leader.children(recursive=True))]
    total = 0.0
    for process in family:
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system + used.children_user + used.children_system
    return total


def wait_for(is_so, what: str, timeout_s: float = 600) -> None:  # type: ignore[no-untyped-def]
    """Wait until `is_so()`; an API that does not listen yet is waited for too."""
    give_up = time.monotonic() + timeout_s
    while time.monotonic() < give_up:
        try:
            if is_so():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise TimeoutError(f"{what} did not come within {timeout_s:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
