"""Starting a process for each GPU with Accelerate's launcher, and ending as the one that failed says."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from ownvoice.errors import Exit
from ownvoice.storage.lake import Lake
from ownvoice.training.process import AWAITED
from ownvoice.training.run import TrainingRun
from ownvoice.training.trainer.attempt import TryEnd
from ownvoice.training.trainer.one_try import speak_for_others
from ownvoice.training.trainer.ranks.ends import cause_of, read_ends
from ownvoice.training.trainer.stop import Stop

_STOP_WITHIN_S = 100  # below the pod's grace period: long enough for a step and the upload of its checkpoint


def train_on_several(
    run: TrainingRun, lake: Lake, stop: Stop, recipe_uri: str, scratch: Path, *, is_awaited: bool = False
) -> Exit:
    """Train with a process for each of the run's GPUs; return how it ended.

    The first process holds the run and leaves its result. Where another one made the training fail, the first could not
    speak any more, or the machine has fewer GPUs, the result is completed here.
    """
    if end := _too_few(run.gpu_count):
        return speak_for_others(run, lake, stop, scratch, end, 0, first_left_result=False).exit
    started = time.monotonic()
    exit_codes = _launched(run.gpu_count, [recipe_uri, str(scratch), *([AWAITED] if is_awaited else [])])
    if exit_codes == {}:
        return Exit.TRAINED
    ends = read_ends(scratch)
    cause = cause_of(ends, exit_codes, run.gpu_count, time.time())
    first_spoke = any(end.rank == 0 for end in ends)
    if cause.rank == 0 and first_spoke:
        return cause.exit
    end, seconds = TryEnd(cause.exit, cause.message), time.monotonic() - started
    return speak_for_others(run, lake, stop, scratch, end, seconds, first_left_result=first_spoke).exit


def _too_few(gpu_count: int) -> TryEnd | None:
    """Return the end of a training on a machine that has GPUs, and fewer than it needs; None for any other."""
    import torch

    found = torch.cuda.device_count()
    if not 0 < found < gpu_count:
        return None
    return TryEnd(
        Exit.NO_GPU,
        f"gpu_count is {gpu_count} and this machine shows {found} GPUs. Set OWNVOICE_TRAINER_GPU_COUNT to {found}, "
        "or take a machine with more; CUDA_VISIBLE_DEVICES hides GPUs that are not named in it.",
    )


def _launched(processes: int, arguments: Sequence[str]) -> dict[int, int] | None:
    """Run the processes with `arguments` to their end.

    Return the exit codes of those that failed; None where all were asked to stop.
    """
    from accelerate.commands.launch import launch_command, launch_command_parser
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    os.environ["TORCH_ELASTIC_SHUTDOWN_TIMEOUT"] = str(_STOP_WITHIN_S)
    logging.getLogger("torch.distributed").setLevel(logging.CRITICAL)  # it would tell of traces that are ours to tell
    threads = max(1, (os.cpu_count() or 1) // processes)
    numbers = {"num_processes": processes, "num_machines": 1, "num_cpu_threads_per_process": threads}
    flags = [f"--{name}={value}" for name, value in numbers.items()]
    fixed = ["--multi_gpu", "--mixed_precision=no", "--dynamo_backend=no", "--main_process_port=0", "--module"]
    command = [*flags, *fixed, "ownvoice.training.trainer.ranks", *arguments]
    try:
        launch_command(launch_command_parser().parse_args(command))
    except ChildFailedError as error:
        return {rank: failure.exitcode for rank, failure in error.failures.items()}
    except SignalException:
        return None
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is left takes a second
    return {}
