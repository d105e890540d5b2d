"""`ownvoice ask` up to the process that it starts; a program that prints its request takes that one's place."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ownvoice.errors import Exit
from stand_ins.training_world import filled


@pytest.fixture
def ask(lake, tmp_path):
    """Run the command with a lake of its own; return what it did."""
    filled(lake)
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nshift 2\nprintf '%s' \"$1\"\nexit {int(Exit.BAD_BASE)}\n")
    python.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OWNVOICE_", "AWS_"))}
    environment = kept | {"OWNVOICE_LAKE": lake.uri, "OWNVOICE_TRAINER_PYTHON": str(python)}

    def run(*arguments):
        command = [sys.executable, "-c", "from ownvoice.cli.main import main; main()", "ask", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    return run


def test_models_questions_and_sampling_reach_the_process_and_its_exit_code_comes_back(ask, lake):
    done = ask("--model", "lake:models/toy", "--model", "ann/voice@v2", "--temperature", "0.7", "Why?", "--", "-1 + 1?")
    assert done.returncode == Exit.BAD_BASE, done.stderr
    request = json.loads(done.stdout)
    assert (request["lake"], request["questions"]) == (lake.uri, ["Why?", "-1 + 1?"])
    assert (request["temperature"], request["max_new_tokens"]) == (0.7, 256)
    assert [one["name"] for one in request["models"]] == ["lake:models/toy", "hub:ann/voice@v2"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--model", "no-run"], "has no training 'no-run'"),
        (["--model", "lake:models/toy", "--temperature", "-1"], "temperature is -1"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_and_starts_nothing(ask, arguments, reason):
    done = ask(*arguments)
    assert done.returncode == Exit.BAD_RECIPE
    assert reason in done.stderr
    assert (done.stderr.count("\n"), done.stdout) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((b"\xff\xfe",), "a question is not UTF-8"),
        (("x" * 60_000,), "give them on standard input"),
        (("Why?", "--temperature", "1e-40"), "take 0 for the likeliest word"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_model_is_loaded(ask, arguments, sentence):
    done = ask("--model", "lake:models/toy", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in " ".join(done.stderr.split())


def test_models_that_are_killed_are_told_of(ask, tmp_path):
    (tmp_path / "python").write_text("#!/bin/sh\nkill -9 $$\n")
    done = ask("--model", "lake:models/toy", "Why?")
    assert done.returncode == Exit.OUT_OF_MEMORY
    assert "was killed (signal 9)" in done.stderr
