"""Processes that the demo started are ended, and no others."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import processes
import psutil
import pytest
from processes import Demo, end, end_demo, read_demo, start
from watch import watch

from ownvoice.errors import OwnvoiceError

# A demo outlives the one who started it: nobody waits for its processes.
pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")


@pytest.fixture
def start_python(tmp_path):
    """Start Python code as a process of the demo; return it once it has written its first line."""
    started = []

    def begin(code, name="one"):
        one = start(name, [sys.executable, "-c", code], os.environ, tmp_path)
        started.append(one)
        while not Path(one.log).read_text().endswith("\n"):
            time.sleep(0.01)
        return one

    yield begin
    for one in started:
        for pid in processes._family(one):
            os.kill(pid, 9)


SLEEP = "import time; print('up', flush=True); time.sleep(60)"


def test_a_process_is_ended_and_its_log_stays(start_python):
    one = start_python(SLEEP)
    assert one.is_alive
    assert list(end([one])) == [f"one (pid {one.pid}) ended"]
    assert not one.is_alive
    assert Path(one.log).read_text() == "up\n"


def test_a_process_that_was_given_the_pid_of_an_ended_one_is_left_alone(start_python):
    stranger = start_python(SLEEP)
    ended_long_ago = replace(stranger, born=stranger.born - 3600)
    assert not ended_long_ago.is_alive
    assert list(end([ended_long_ago])) == [f"one (pid {stranger.pid}) was not running any more"]
    assert stranger.is_alive


def test_what_an_ended_process_left_behind_is_ended_too(start_python):
    one = start_python("import os, time; os.fork() and (print(os.getpid(), flush=True), os._exit(0)); time.sleep(60)")
    while one.is_alive:
        time.sleep(0.01)
    (orphan,) = processes._family(one)
    list(end([one]))
    assert not psutil.pid_exists(orphan) or psutil.Process(orphan).status() == psutil.STATUS_ZOMBIE


def test_a_process_that_does_not_listen_is_killed(start_python, monkeypatch):
    monkeypatch.setattr(processes, "_GRACE_S", 0.2)
    one = start_python(f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}")
    assert list(end([one])) == [f"one (pid {one.pid}) ended; 1 of its processes were killed"]
    assert not one.is_alive


def test_the_servers_that_tasks_talk_to_are_ended_after_the_tasks(start_python, tmp_path):
    names = ["offline-model", "api-server", "scheduler"]
    Demo("http://127.0.0.1:1", tuple(start_python(SLEEP, name) for name in names)).write(tmp_path / "demo.json")
    assert [sentence.split()[0] for sentence in end_demo(tmp_path / "demo.json")] == [
        "scheduler",
        "offline-model",
        "api-server",
    ]
    assert read_demo(tmp_path / "demo.json") is None


def test_a_demo_is_read_as_it_was_written(tmp_path):
    demo = Demo("http://127.0.0.1:8080", (processes.Started("scheduler", 1, 2.5, "/tmp/scheduler.log"),))
    demo.write(tmp_path / "demo.json")
    assert read_demo(tmp_path / "demo.json") == demo


def test_where_no_demo_was_started_there_is_nothing_to_end(tmp_path):
    assert list(end_demo(tmp_path / "demo.json")) == []


def test_waiting_stops_with_the_end_of_the_log_where_a_process_has_ended(start_python):
    one = start_python("print('no port left', flush=True)")
    with pytest.raises(OwnvoiceError, match=r"(?s)the one has ended by itself.*no port left"):
        watch(lambda: (False, "waiting"), timeout_s=60, processes=[one])
