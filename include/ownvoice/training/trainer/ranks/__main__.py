"""One of the processes of a training on several GPUs, as Accelerate's launcher starts it.

Run as: accelerate launch ... -m ownvoice.training.trainer.ranks RECIPE_URI SCRATCH [--awaited]
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from ownvoice.errors import Exit, OwnvoiceError
from ownvoice.storage.lake import Lake
from ownvoice.training.process import AWAITED
from ownvoice.training.run import read_training_run
from ownvoice.training.trainer.one_try import one_try
from ownvoice.training.trainer.ranks.ends import leave_end
from ownvoice.training.trainer.ranks.place import joined
from ownvoice.training.trainer.stop import Stop


def main(recipe_uri: str, scratch: Path, *, is_awaited: bool) -> Exit:
    """Train as one of several processes; return the exit code."""
    _end_with(os.getppid())
    stop = Stop()
    with joined() as place:
        try:
            run = read_training_run(recipe_uri)
            return one_try(run, Lake(run.lake), stop, scratch, place, is_awaited=is_awaited).exit
        except OwnvoiceError as error:
            leave_end(scratch, place.rank, error.exit_code, str(error))
            return error.exit_code


def _end_with(parent: int) -> None:
    """End this process when its launcher is gone: it leads a session of its own, which no kill of the other reaches."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), is_awaited=AWAITED in sys.argv[3:]))
