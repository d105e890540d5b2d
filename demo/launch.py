"""Starts Airflow's processes and, if no endpoint is named, the offline model, and waits until they are ready."""

from __future__ import annotations

import os
import subprocess
import sys

from environment import HOME, LOOPBACK, STATE, USER, demo_environment, free_port, has_model, stand_in_environment
from processes import Demo, start
from rest import COMPONENTS, Airflow
from watch import StatusLine, last_lines, watch

from ownvoice.errors import OwnvoiceError

# `airflow standalone` also serves logs on every interface (ports 8793 and 8794), which only a flag of the single
# commands turns off; on one machine the UI reads the log files.
_AIRFLOW_COMMANDS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
_READY_TIMEOUT_S = 300


def launch() -> Demo:
    """Start every process, and record each at once. Raises `OwnvoiceError` if the database cannot be created."""
    port = free_port(preferred=8080)
    env = demo_environment(os.environ, port)
    commands = {name: [sys.executable, "-m", "airflow", *command] for name, command in _AIRFLOW_COMMANDS.items()}
    if not has_model(os.environ):
        model_port = free_port()
        env |= stand_in_environment(model_port)
        serve = [sys.executable, "-m", "ownvoice.offline_model.server", "--port", str(model_port)]
        commands = {"offline-model": serve} | commands
    _migrate_database(env)
    demo = Demo(f"http://{LOOPBACK}:{port}", ())
    for name, command in commands.items():
        demo = Demo(demo.address, (*demo.processes, start(name, command, env, HOME)))
        demo.write(STATE)
    return demo


def ready_airflow(demo: Demo, password: str) -> Airflow:
    """Wait until all of Airflow is healthy and has both DAGs; return it, logged in."""
    airflow = Airflow(demo.address)
    if not watch(lambda: _look(airflow, password), _READY_TIMEOUT_S, demo.processes):
        raise OwnvoiceError(
            f"Airflow was not ready within {_READY_TIMEOUT_S} s. Its logs are {HOME}/*.log. On a busy or slow machine "
            "run `make demo` once more: the second start is faster."
        )
    return airflow


def _look(airflow: Airflow, password: str) -> tuple[bool, str]:
    healthy = airflow.healthy_components()
    missing = [name for name in COMPONENTS if name not in healthy]
    if missing:
        return False, "Airflow is starting; waiting for " + ", ".join(missing)
    airflow.log_in(USER, password)
    missing = airflow.missing_dags()
    if not missing:
        return True, "Airflow is healthy: " + ", ".join(healthy)
    for trace in airflow.import_errors():
        raise OwnvoiceError(f"a DAG file does not import:\n{trace}\nCorrect it and run `make demo` again.")
    return False, "Airflow is healthy; waiting for the DAG " + ", ".join(missing)


def _migrate_database(env: dict[str, str]) -> None:
    log = HOME / "db-migrate.log"
    StatusLine().show("    0 s  Airflow creates its database")
    with log.open("wb") as out:
        done = subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=env, stdout=out, stderr=out)
    if done.returncode:
        raise OwnvoiceError(
            f"Airflow could not create its database. The end of {log}:\n{last_lines(str(log))}"
            "Delete .airflow to start with a new one, and run `make demo` again."
        )
