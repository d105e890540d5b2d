"""Errors that a user can meet, and the exit codes of the command line and of the trainer.

Each is an `OwnvoiceError` whose message names the problem, the thing it is about, and the next step. The command line
prints it without a trace and ends with its `exit_code`; an Airflow task with an error that is not `retryable` fails at
once, since a retry would not help.
"""

from __future__ import annotations

from enum import IntEnum


def first_line(error: BaseException) -> str:
    """Return the first line of an error that says something, in at most 200 characters; without one, its class."""
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)[:200]


class Exit(IntEnum):
    """Every exit code. The trainer's `result.json` stores the name, so names and numbers stay."""

    TRAINED = 0
    FAULT = 1  # an error without a code of its own; the trainer keeps its trace in log.txt
    BAD_RECIPE = 2  # of a setting, a flag or a field of a recipe
    STORAGE = 3  # what a person must mend: a key, a full disk, a damaged object
    MODEL_ACCESS = 4
    MODEL_UNAVAILABLE = 5
    BAD_DATA = 6
    DEAD_CHUNKS = 7
    NO_GPU = 8
    OUT_OF_MEMORY = 9
    WRONG_START = 10
    DIVERGED = 11
    MERGE_MISMATCH = 12
    STOPPED = 13  # there is a checkpoint, and the same command goes on from it
    BAD_BASE = 14
    RUN_HELD = 15
    STORAGE_UNAVAILABLE = 16  # what time may mend
    HUB_ACCESS = 20
    HUB_UNAVAILABLE = 21
    HUB_MISMATCH = 22
    BLOCKED = 23
    NOT_TRAINED = 24
    NOT_PROMOTED = 25


class OwnvoiceError(Exception):
    """An error that a person can act on; its text is the whole message."""

    exit_code = Exit.FAULT
    retryable = False


class SettingsError(OwnvoiceError):
    """A setting, flag or recipe field is missing or out of range; the message names all of them at once."""

    exit_code = Exit.BAD_RECIPE


class StorageError(OwnvoiceError):
    """A bucket, folder or table cannot be reached, read or written as it should be."""

    exit_code = Exit.STORAGE


class StorageAccessError(StorageError):
    """The store refuses: the key is wrong or lacks the permission."""


class StorageUnavailableError(StorageError):
    """The store did not answer in time; the same call may succeed later."""

    exit_code = Exit.STORAGE_UNAVAILABLE
    retryable = True


class DamagedError(StorageError):
    """An object of the lake is not what Ownvoice wrote: it is cut, empty, overwritten, or a part of it is gone."""


class DiskError(StorageError):
    """A disk is full or cannot be written to; no fault of what was being read or stored."""


class LakeHeldError(StorageError):
    """Another run holds the lake; the same call may go through once that run has ended."""

    exit_code = Exit.STORAGE_UNAVAILABLE
    retryable = True


class RunHeldError(OwnvoiceError):
    """Another trainer works on the same training run; once it has ended, the same call finds its result."""

    exit_code = Exit.RUN_HELD
    retryable = True


class LostCommitError(StorageError):
    """Another writer committed first, again and again; the same call may succeed later."""

    exit_code = Exit.STORAGE_UNAVAILABLE
    retryable = True


class ModelAccessError(OwnvoiceError):
    """The model endpoint refuses every request: bad key, unknown model, spent quota, wrong address."""

    exit_code = Exit.MODEL_ACCESS


class ModelUnavailableError(OwnvoiceError):
    """The model endpoint left too many chunks without an answer; a later retry may help."""

    exit_code = Exit.MODEL_UNAVAILABLE
    retryable = True


class DeadChunksError(OwnvoiceError):
    """Too many chunks of a batch have no usable answer after every try: the recipe or the model is unsuitable."""

    exit_code = Exit.DEAD_CHUNKS


class VerificationError(OwnvoiceError):
    """A dataset version does not pass its verification."""

    exit_code = Exit.BAD_DATA


class BadDataError(OwnvoiceError):
    """The dataset version does not match its record, or has no pair that can be trained on."""

    exit_code = Exit.BAD_DATA


class BadBaseError(OwnvoiceError):
    """The base model does not exist, is gated, or cannot be read."""

    exit_code = Exit.BAD_BASE


class NoGpuError(OwnvoiceError):
    """The recipe needs a GPU and there is none."""

    exit_code = Exit.NO_GPU


class OutOfMemoryError(OwnvoiceError):
    """The longest batch does not fit into the memory of the device."""

    exit_code = Exit.OUT_OF_MEMORY


class WrongStartError(OwnvoiceError):
    """The first loss is not that of a model that equals its reference, which is ln 2 for DPO."""

    exit_code = Exit.WRONG_START


class DivergedError(OwnvoiceError):
    """Training was stopped: its loss or gradient is not finite, or a health rule blocks the model."""

    exit_code = Exit.DIVERGED


class MergeMismatchError(OwnvoiceError):
    """The merged model differs from the base with the trained adapter."""

    exit_code = Exit.MERGE_MISMATCH


class StoppedError(OwnvoiceError):
    """The process was asked to end, for example by an eviction; the same command resumes."""

    exit_code = Exit.STOPPED
    retryable = True


class HubAccessError(OwnvoiceError):
    """The Hub refuses: no token, one without write access, or a repository that is gated or not there."""

    exit_code = Exit.HUB_ACCESS


class HubUnavailableError(OwnvoiceError):
    """The Hub is unreachable or overloaded, or another commit came first; the same call may succeed later."""

    exit_code = Exit.HUB_UNAVAILABLE
    retryable = True


class HubMismatchError(OwnvoiceError):
    """The files on the Hub differ from those in the lake."""

    exit_code = Exit.HUB_MISMATCH


class HealthError(OwnvoiceError):
    """The health verdict is block: this model must not be published."""

    exit_code = Exit.BLOCKED


class NotPromotedError(OwnvoiceError):
    """The rule says that this model does not take the champion's place; it stays in the lake."""

    exit_code = Exit.NOT_PROMOTED


class NotTrainedError(OwnvoiceError):
    """The trainer ended without a model; its own message gives the reason."""

    exit_code = Exit.NOT_TRAINED


RETRYABLE = tuple(
    error
    for error in tuple(vars().values())
    if isinstance(error, type) and issubclass(error, OwnvoiceError) and error.retryable
)
