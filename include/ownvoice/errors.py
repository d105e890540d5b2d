"""What can go wrong, in one sentence each: what, which, and what to do next.

Every error a user can meet is an `OwnvoiceError`. The command line prints it without a trace and ends with its
`exit_code`; an Airflow task fails at once where `retryable` is false, since no retry would mend it.
"""

from __future__ import annotations


class OwnvoiceError(Exception):
    """A fault that a person can act on; its text is the whole message."""

    exit_code = 1
    retryable = False


class SettingsError(OwnvoiceError):
    """A setting, flag or recipe field is missing or out of range; names all of them at once."""

    exit_code = 2


class StorageError(OwnvoiceError):
    """A bucket, folder or table cannot be reached, read or written as it should be."""

    exit_code = 3


class StorageAccessError(StorageError):
    """The store refuses: a wrong key, or one that may not do this here."""


class StorageUnavailableError(StorageError):
    """The store did not answer in time; the same call may go through later."""

    retryable = True


class LostCommitError(StorageError):
    """Another writer's commit stands where this one should; the same call may go through later."""

    retryable = True


class ModelAccessError(OwnvoiceError):
    """The model endpoint refuses every request: bad key, unknown model, spent quota, wrong address."""

    exit_code = 4


class ModelUnavailableError(OwnvoiceError):
    """The model endpoint left too many chunks without an answer; asking again later may help."""

    exit_code = 5
    retryable = True


class DeadChunksError(OwnvoiceError):
    """Too many chunks of a batch have no usable answer after every try; the recipe or the model is at fault."""

    exit_code = 7


class VerificationError(OwnvoiceError):
    """A dataset version is not what it says it is."""

    exit_code = 6


class BadDataError(OwnvoiceError):
    """The dataset version is not what its record says, or holds nothing that can be trained on."""

    exit_code = 6


class BadBaseError(OwnvoiceError):
    """The base model does not exist, is gated, or cannot be read."""

    exit_code = 14


class NoGpuError(OwnvoiceError):
    """The recipe needs a GPU and there is none."""

    exit_code = 8


class OutOfMemoryError(OwnvoiceError):
    """The longest batch does not fit the device."""

    exit_code = 9


class WrongStartError(OwnvoiceError):
    """The first loss is not that of a model which equals its reference."""

    exit_code = 10


class DivergedError(OwnvoiceError):
    """Training was ended because its numbers can no longer become a good model."""

    exit_code = 11


class MergeMismatchError(OwnvoiceError):
    """The merged model is not the base with the trained adapter in it."""

    exit_code = 12


class StoppedError(OwnvoiceError):
    """The process was asked to end, as by an eviction; the same command resumes."""

    exit_code = 13
    retryable = True


class HubAccessError(OwnvoiceError):
    """The Hub refuses: no token, one without write access, or a repository that is gated or not there."""

    exit_code = 20


class HubUnavailableError(OwnvoiceError):
    """The Hub is away, overloaded, or changed in the same moment; the same call may go through later."""

    exit_code = 21
    retryable = True


class HubMismatchError(OwnvoiceError):
    """What stands on the Hub is not what the lake holds."""

    exit_code = 22


class HealthError(OwnvoiceError):
    """The curves say that this model is not to be published."""

    exit_code = 23


class NotTrainedError(OwnvoiceError):
    """A trainer ended without a model; its own message says why."""

    exit_code = 24


RETRYABLE = tuple(
    error
    for error in tuple(vars().values())
    if isinstance(error, type) and issubclass(error, OwnvoiceError) and error.retryable
)
