"""A command of the trainer ends with the process that started it, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from textwrap import dedent

import pytest

from ownvoice.training.parent import STARTED_BY, end_with_parent, naming_this_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells a process that its parent is gone")

CHILD = """
import time
from ownvoice.training.parent import end_with_parent

end_with_parent()
print("begun", flush=True)
time.sleep(60)
"""
STARTS = """
    import sys, time
    from ownvoice.training.process import start_trainer

    child = start_trainer(sys.executable, ["-c", {child!r}], is_attached=False)
    child.stdout.readline()
    print(child.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))


def is_alive(process_id):
    try:
        with open(f"/proc/{process_id}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"  # what nobody waits for stays a zombie
    except FileNotFoundError:
        return False


def gone(process_id):
    deadline = time.monotonic() + 20
    while is_alive(process_id) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(process_id)


def test_a_command_ends_where_the_process_that_started_it_is_killed(environment):
    code = dedent(STARTS).format(child=CHILD)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.send_signal(signal.SIGKILL)
    assert gone(child)


@pytest.fixture
def dead():
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as process:
        pass
    return str(process.pid)


@pytest.mark.parametrize(
    "command",
    [
        ["ownvoice.training", "--recipe", "file:///none/recipe.json"],
        ["ownvoice.training.answering", "--job", "file:///none/job.json"],
        ["ownvoice.training.trainer.asking", "{}"],
        ["ownvoice.publishing", "--run", "none", "--lake", "file:///none"],
    ],
    ids=lambda command: command[0],
)
def test_every_command_of_the_trainer_ends_where_its_parent_was_gone_before_it_began(command, dead, environment):
    ended = subprocess.run(
        [sys.executable, "-m", *command], env=os.environ | {STARTED_BY: dead}, capture_output=True, timeout=60
    )
    assert ended.returncode == -signal.SIGTERM, ended.stderr


@pytest.mark.parametrize("named", ["", "no number", str(os.getpid())], ids=["", "no number", "its own"])
def test_a_process_that_nobody_named_or_that_a_script_started_goes_on(named, monkeypatch):
    monkeypatch.setenv(STARTED_BY, named)
    end_with_parent()
    assert STARTED_BY not in os.environ, "what it starts itself has another parent"


def test_a_thread_that_ends_before_its_process_takes_no_command_with_it():
    found = [naming_this_process()]
    thread = threading.Thread(target=lambda: found.append(naming_this_process()))
    thread.start()
    thread.join()
    assert found == [{STARTED_BY: str(os.getpid())}, {}]
