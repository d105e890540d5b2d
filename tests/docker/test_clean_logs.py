"""/clean-logs of the Airflow image: which logs go, which stay, and that it ends when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from stand_ins.image_scripts import IMAGE, environment

DAY_S = 86_400


@pytest.fixture
def logs(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


def write(folder, name, age_days, size=10):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x" * size)
    moment = time.time() - age_days * DAY_S
    os.utime(file, (moment, moment))
    return file


def start(logs, **variables):
    env = environment(logs, AIRFLOW_HOME=str(logs.parent), **variables)
    command = ["bash", IMAGE / "clean-logs"]
    return subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def one_round(logs, **variables):
    """Let it clean once; return what it said."""
    process = start(logs, **variables)
    said = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    return said


def left(logs):
    return sorted(str(file.relative_to(logs)) for file in logs.rglob("*") if file.is_file())


def test_logs_older_than_fifteen_days_go(logs):
    write(logs, "dag_id=a/run_id=old/attempt=1.log", 16)
    write(logs, "dag_id=a/run_id=new/attempt=1.log", 14)
    said = one_round(logs)
    assert left(logs) == ["dag_id=a/run_id=new/attempt=1.log"]
    assert said == f"clean-logs: 1 logs removed from {logs}; kept: 15 days and 0 minutes\n"


@pytest.mark.parametrize(
    ("variables", "stay"),
    [
        ({"AIRFLOW__LOG_RETENTION_DAYS": "3"}, ["0.log", "2.log"]),
        ({"AIRFLOW__LOG_RETENTION_DAYS": "08"}, ["0.log", "2.log", "5.log"]),
        ({"AIRFLOW__LOG_RETENTION_DAYS": "0", "AIRFLOW__LOG_RETENTION_MINUTES": "60"}, ["0.log"]),
        ({"AIRFLOW__LOG_RETENTION_DAYS": "4", "AIRFLOW__LOG_RETENTION_MINUTES": "2880"}, ["0.log", "2.log", "5.log"]),
        ({"AIRFLOW__LOG_MAX_SIZE_BYTES": "20"}, ["0.log", "2.log"]),
        ({"AIRFLOW__LOG_MAX_SIZE_BYTES": "29"}, ["0.log", "2.log"]),
        ({"AIRFLOW__LOG_MAX_SIZE_BYTES": "30"}, ["0.log", "2.log", "5.log"]),
        ({"AIRFLOW__LOG_MAX_SIZE_PERCENT": "100"}, ["0.log", "2.log", "5.log", "9.log"]),
    ],
)
def test_the_variables_of_the_chart_decide_what_stays(logs, variables, stay):
    for days in (0, 2, 5, 9):
        write(logs, f"{days}.log", days)
    one_round(logs, **variables)
    assert left(logs) == stay


def test_only_logs_go(logs):
    kept = ["dag.txt", "lost+found/old.log", "notes.log.gz"]
    for name in kept:
        write(logs, name, 99)
    outside = write(logs.parent, "airflow.cfg", 99)
    one_round(logs)
    assert left(logs) == kept
    assert outside.exists()


def test_names_with_spaces_and_line_ends_are_names(logs):
    write(logs, "dag id=ü\n/attempt 1.log", 99)
    write(logs, "new one\n.log", 1, size=50)
    one_round(logs, AIRFLOW__LOG_MAX_SIZE_BYTES="50")
    assert left(logs) == ["new one\n.log"]


def test_empty_folders_go_after_an_hour(logs):
    (logs / "just made").mkdir()
    old = logs / "old" / "older"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    one_round(logs)
    assert [folder.name for folder in logs.iterdir()].count("just made") == 1
    assert not old.exists()


def test_it_waits_for_the_next_round_where_there_is_no_folder_yet(tmp_path):
    process = start(tmp_path / "logs")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)
    process.terminate()
    assert process.wait(timeout=20) == 0
    process.communicate()


@pytest.mark.parametrize(
    "name",
    [
        "AIRFLOW__LOG_RETENTION_DAYS",
        "AIRFLOW__LOG_RETENTION_MINUTES",
        "AIRFLOW__LOG_CLEANUP_FREQUENCY_MINUTES",
        "AIRFLOW__LOG_MAX_SIZE_BYTES",
        "AIRFLOW__LOG_MAX_SIZE_PERCENT",
    ],
)
@pytest.mark.parametrize("value", ["-1", "soon", "1.5", "1; rm -rf /"])
def test_a_value_that_is_no_number_removes_nothing(logs, name, value):
    write(logs, "old.log", 99)
    process = start(logs, **{name: value})
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    least = 1 if name == "AIRFLOW__LOG_CLEANUP_FREQUENCY_MINUTES" else 0
    assert (out, err) == ("", f'clean-logs: {name} is "{value}", not a whole number of {least} or more\n')
    assert left(logs) == ["old.log"]


@pytest.mark.parametrize("value", ["0", "00"])
def test_it_does_not_run_without_a_pause(logs, value):
    process = start(logs, AIRFLOW__LOG_CLEANUP_FREQUENCY_MINUTES=value)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, "not a whole number of 1 or more" in err) == (1, True)
