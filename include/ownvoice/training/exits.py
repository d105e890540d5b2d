"""How a training run can end: a name and a number for each, which are also the exit codes of the trainer."""

from __future__ import annotations

from enum import IntEnum

from ownvoice.errors import OwnvoiceError


class Exit(IntEnum):
    """The exit codes of `python -m ownvoice.training`. Where they mean the same, they are those of `ownvoice`."""

    TRAINED = 0
    FAULT = 1  # an error nobody foresaw; its trace is in log.txt
    BAD_RECIPE = 2
    STORAGE = 3
    BAD_DATA = 6
    BAD_BASE = 7
    NO_GPU = 8
    OUT_OF_MEMORY = 9
    WRONG_START = 10
    DIVERGED = 11
    MERGE_MISMATCH = 12
    STOPPED = 13  # asked to stop; a checkpoint stands, and the same command goes on from it


class BadDataError(OwnvoiceError):
    """The dataset version is not what its record says, or holds nothing that can be trained on."""

    exit_code = Exit.BAD_DATA


class BadBaseError(OwnvoiceError):
    """The base model does not exist, is gated, or cannot be read."""

    exit_code = Exit.BAD_BASE


class NoGpuError(OwnvoiceError):
    """The recipe needs a GPU and there is none."""

    exit_code = Exit.NO_GPU


class OutOfMemoryError(OwnvoiceError):
    """The longest batch does not fit the device."""

    exit_code = Exit.OUT_OF_MEMORY


class WrongStartError(OwnvoiceError):
    """The first loss is not that of a model which equals its reference."""

    exit_code = Exit.WRONG_START


class DivergedError(OwnvoiceError):
    """Training was ended because its numbers can no longer become a good model."""

    exit_code = Exit.DIVERGED


class MergeMismatchError(OwnvoiceError):
    """The merged model is not the base with the trained adapter in it."""

    exit_code = Exit.MERGE_MISMATCH


class StoppedError(OwnvoiceError):
    """The process was asked to end, as by an eviction; the same command resumes."""

    exit_code = Exit.STOPPED
    retryable = True
