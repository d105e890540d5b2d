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
