"""The trainer's own command with a training that computes nothing; claim, signs of life, log and result are real.

As a script it takes the place of `python -m ownvoice.training`. `OWNVOICE_TRAINER_STAND_IN_STEPS` is how many steps it
makes, `..._STEP_S` how long one takes, `..._FAILS` the message of an out-of-memory error after the last one,
`..._LAPSES_S` how long a claim is good for. A checkpoint after each step holds its number.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from typing import Any

from ownvoice.errors import OutOfMemoryError, StoppedError
from ownvoice.storage.aws import AwsAccess
from ownvoice.training.claim import Pace
from ownvoice.training.result import TrainingResult
from ownvoice.training.run import TrainingRun
from ownvoice.training.trainer import command, one_try
from ownvoice.training.trainer.presence import present
from ownvoice.training.trainer.work import Work
from stand_ins.places import REPOSITORY, TESTS
from stand_ins.trained import leave_trained_run

_PREFIX = "OWNVOICE_TRAINER_STAND_IN_"


def start_elsewhere(recipe_uri: str, access: AwsAccess, **switches: Any) -> subprocess.Popen[str]:
    """Start it as on another machine: with the lake's keys and nothing else of this process's environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "include"), str(TESTS)]),
        "AWS_ACCESS_KEY_ID": str(access.access_key_id),
        "AWS_SECRET_ACCESS_KEY": str(access.secret_access_key),
        "AWS_REGION": str(access.region),
        "AWS_ENDPOINT_URL": str(access.endpoint_url),
    }
    return subprocess.Popen(
        [sys.executable, __file__, "--recipe", recipe_uri, "--awaited"],
        env=environment | {f"{_PREFIX}{name.upper()}": str(value) for name, value in switches.items()},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def checkpoint_key(run: TrainingRun) -> str:
    """Return the key of the number of steps that were made."""
    return f"{run.keys.checkpoints}/steps.json"


def train(work: Work) -> None:
    """Make the steps that no try before has made, and leave what a training leaves."""
    run, lake, record, stop = work.run, work.lake, work.record, work.stop
    steps, done = int(_switch("STEPS", "5")), int(lake.read_json(checkpoint_key(run)) or 0)
    record.say(f"resuming from the checkpoint of step {done}" if done else "training from the fresh base")
    with stop.after_the_step():
        while done < steps and not stop.requested:
            time.sleep(float(_switch("STEP_S", "0.05")))
            done += 1
            record.measure(done, {"loss": 0.69 - done / 1000})
            record.say(f"step {done}/{steps}: loss {0.69 - done / 1000:.4f}")
            lake.write_json(checkpoint_key(run), done)
    if stop.requested:
        raise StoppedError(f"{stop.reason} and stopped after step {done}, whose checkpoint is in the lake.")
    if message := _switch("FAILS", ""):
        raise OutOfMemoryError(message)
    for name, value in TrainingResult.model_validate(leave_trained_run(lake, run)):
        setattr(work.result, name, value)


def _switch(name: str, default: str) -> str:
    return os.environ.get(f"{_PREFIX}{name}", default)


if __name__ == "__main__":
    lapses_s = float(_switch("LAPSES_S", "1.5"))
    one_try.present = partial(present, pace=Pace(lapses_s / 10, lapses_s))  # type: ignore[attr-defined]
    one_try.train = train  # type: ignore[attr-defined]
    one_try.device_name = lambda: "a GPU elsewhere"  # type: ignore[attr-defined]
    sys.exit(command.main())
