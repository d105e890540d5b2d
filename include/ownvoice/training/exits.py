"""How a training run can end: a name and a number for each, which are also the exit codes of the trainer."""

from __future__ import annotations

from enum import IntEnum

from ownvoice import errors


class Exit(IntEnum):
    """The exit codes of `python -m ownvoice.training`: those of the errors of the same name."""

    TRAINED = 0
    FAULT = 1  # an error nobody foresaw; its trace is in log.txt
    BAD_RECIPE = errors.SettingsError.exit_code
    STORAGE = errors.StorageError.exit_code
    BAD_DATA = errors.BadDataError.exit_code
    BAD_BASE = errors.BadBaseError.exit_code
    NO_GPU = errors.NoGpuError.exit_code
    OUT_OF_MEMORY = errors.OutOfMemoryError.exit_code
    WRONG_START = errors.WrongStartError.exit_code
    DIVERGED = errors.DivergedError.exit_code
    MERGE_MISMATCH = errors.MergeMismatchError.exit_code
    STOPPED = errors.StoppedError.exit_code  # a checkpoint stands, and the same command goes on from it
