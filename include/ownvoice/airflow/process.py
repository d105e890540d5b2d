"""The trainer as a process of this machine: the same command as in a pod, the same files."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from airflow.sdk import BaseOperator

from ownvoice.airflow.connections import trainer_keys
from ownvoice.airflow.trainer_exit import raise_for_exit
from ownvoice.training.process import start_trainer
from ownvoice.training.settings import load_training_settings

_LAST_LINES = 80  # as many as Kubernetes keeps of a pod
_STOP_WITHIN_S = 4.0  # Airflow itself kills a cancelled task after five


class TrainerProcess(BaseOperator):
    """Runs the trainer's Python with `arguments`; what it prints becomes the task's log; cancelled, it ends.

    Keys reach the process in its environment alone, never in a templated field.
    """

    template_fields: Sequence[str] = ("arguments",)

    def __init__(self, *, arguments: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Mapping[str, Any]) -> None:
        """Run to the end. Raises what `raise_for_exit` says."""
        keys, settings = trainer_keys(), load_training_settings()
        # Where models are trained elsewhere there is no trainer here; what remains, publishing, needs none of it.
        python = sys.executable if settings.place == "elsewhere" else settings.python
        self._process = start_trainer(python, self.arguments, keys=keys, is_attached=False)
        said: deque[str] = deque(maxlen=_LAST_LINES)
        with self._process as process:
            for line in process.stdout or ():
                said.append(line)
                print(line.rstrip("\n"))
        secrets = [value for name, value in keys.items() if "KEY" in name or "TOKEN" in name]
        raise_for_exit(process.returncode, "".join(said), secrets)

    def on_kill(self) -> None:
        """Ask the process to stop, which leaves a checkpoint; end it where it does not."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(_STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
