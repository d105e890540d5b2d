"""Celery workers that share no file: each has an Airflow home, a copy of the DAGs and a working folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships without types


class CeleryWorker:
    """One machine with `airflow celery worker`, as far as its tasks can tell."""

    def __init__(self, home: Path, dags_folder: Path, variables: Mapping[str, str]) -> None:
        self.home = home
        shutil.copytree(dags_folder, home / "dags")
        self._variables = {
            **variables,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
            "HOME": str(home),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to take tasks, one at a time."""
        command = [sys.executable, "-m", "airflow", "celery", "worker", "--concurrency", "1", "--skip-serve-logs"]
        name = ["--celery-hostname", f"{self.home.name}@%h", "--without-gossip", "--without-mingle"]
        with (self.home / "worker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *name], env=self._variables, cwd=self.home, stdout=log, stderr=log, start_new_session=True
            )

    def tasks(self, run_id: str) -> set[tuple[str, int]]:
        """Return the task and map index of every task of a run that it has begun; its logs are its own."""
        folders = [path.parent for path in self.home.glob(f"logs/dag_id=*/run_id={run_id}/task_id=*/**/attempt=*.log")]
        return {_task_of(folder) for folder in folders}

    def is_ready(self) -> bool:
        """Say whether it has begun to listen to the broker."""
        return b" ready." in (self.home / "worker.log").read_bytes()

    def kill(self) -> None:
        """End it and all its tasks at once, as the loss of its machine does."""
        assert self._process is not None
        main = psutil.Process(self._process.pid)
        family = [main, *main.children(recursive=True)]
        for process in family:
            process.suspend()  # none of them may tell of another's end
        for process in family:
            process.kill()
        self._process.wait()
        self._process = None

    def ask_to_stop(self) -> None:
        """Send the signal of a warm shutdown: it takes no more tasks, and ends with those that it has."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def has_stopped(self) -> bool:
        """Say whether its main process has ended."""
        return self._process is None or self._process.poll() is not None


def _task_of(folder: Path) -> tuple[str, int]:
    """Return the task and the map index whose logs stand in a folder."""
    parts = dict(part.split("=", 1) for part in folder.parts if "=" in part)
    return parts["task_id"], int(parts.get("map_index", -1))


@contextlib.contextmanager
def running_workers(
    folder: Path, dags_folder: Path, variables: Mapping[str, str], count: int = 2
) -> Iterator[list[CeleryWorker]]:
    """Run workers for as long as the block lasts; `variables` are the settings that they share."""
    inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    workers = [CeleryWorker(folder / f"worker-{n}", dags_folder, inherited | dict(variables)) for n in range(count)]
    try:
        for worker in workers:
            worker.start()
        yield workers
    finally:
        for worker in workers:
            if not worker.has_stopped():
                worker.kill()
