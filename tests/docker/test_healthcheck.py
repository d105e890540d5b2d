"""HEALTHCHECK of the Airflow image: one image for every process, each asked in its own way."""

from __future__ import annotations

import subprocess

import pytest

from stand_ins.image_scripts import IMAGE, environment, program


def check(tmp_path, *command, healthy=True):
    """Return the exit code, and what the check of a container started with this command has asked."""
    for name in ("airflow", "celery", "curl"):
        program(tmp_path / "programs", name, f'echo "{name} $*" >> {tmp_path}/asked; exit {0 if healthy else 1}')
    (tmp_path / "cmdline").write_bytes("\0".join(["/usr/bin/tini", "--", "/entrypoint", *command, ""]).encode())
    env = environment(tmp_path / "programs", HOSTNAME="worker-7")
    code = subprocess.run(["bash", IMAGE / "healthcheck", tmp_path / "cmdline"], env=env, timeout=20).returncode
    asked = tmp_path / "asked"
    return code, asked.read_text().strip() if asked.exists() else ""


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        (["api-server"], "http://localhost:8080/api/v2/version"),
        (["bash", "-c", "exec airflow api-server"], "http://localhost:8080/api/v2/version"),
        (["scheduler"], "airflow jobs check --local --job-type SchedulerJob"),
        (["bash", "-c", "exec airflow scheduler"], "airflow jobs check --local --job-type SchedulerJob"),
        (["airflow", "dag-processor"], "airflow jobs check --local --job-type DagProcessorJob"),
        (["triggerer"], "airflow jobs check --local --job-type TriggererJob"),
        (["celery", "worker"], "celery --app airflow.providers.celery.executors.celery_executor.app inspect ping "),
    ],
)
def test_each_process_is_asked_in_its_own_way(tmp_path, command, asks):
    code, asked = check(tmp_path, *command)
    assert code == 0
    assert asks in asked
    assert check(tmp_path, *command, healthy=False)[0] != 0


def test_a_celery_worker_asks_itself_and_no_other(tmp_path):
    assert check(tmp_path, "celery", "worker")[1].endswith("--destination celery@worker-7")


@pytest.mark.parametrize("command", [["db", "migrate"], ["bash"], ["python", "-m", "airflow.sdk.execution_time"]])
def test_what_ends_by_itself_is_not_asked(tmp_path, command):
    assert check(tmp_path, *command, healthy=False) == (0, "")
