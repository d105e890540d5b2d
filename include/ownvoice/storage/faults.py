"""What goes wrong with a store, whichever client says so, as one sentence with the next step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ownvoice.errors import DiskError, StorageAccessError, StorageError, StorageUnavailableError


@dataclass(frozen=True, slots=True)
class _Fault:
    """One kind of fault: the `signs` of it in what a client says, and what we say, after the store and the object."""

    signs: tuple[str, ...]
    error: type[StorageError]
    sentence: str


_FAULTS = (
    _Fault(
        ("InvalidObjectState",),
        StorageError,
        "the object is archived (Glacier, Deep Archive or an archive tier). Restore it and run again, or move it out.",
    ),
    _Fault(
        ("No space left on device", "os error 28)", "Disk quota exceeded", "XMinioStorageFull", "QuotaExceeded"),
        DiskError,
        "the disk is full, or its quota is used up. Free some space, then run again; nothing was half-written.",
    ),
    _Fault(
        ("Read-only file system",),
        DiskError,
        "the file system is read-only. Mount it for writing or name another folder, then run again.",
    ),
    _Fault(
        ("Input/output error",),
        DiskError,
        "the disk cannot be read or written (an input/output error). Check the disk, then run again.",
    ),
    _Fault(
        ("File name too long",),
        StorageError,
        "the file system takes no name as long as that. Use shorter names, or another file system.",
    ),
)
_REFUSALS = (
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "ExpiredToken", "InvalidToken"),
    *("Permission denied", "Operation not permitted"),
)


def storage_error(uri: str, what: str, error: Exception) -> StorageError:
    """Return an error for a library's `error` about `what` in a store, with the next step."""
    text = re.sub(r"\s*\x1b\[31m↳\x1b\[0m\s*", ": ", str(error))  # deltalake breaks its chain of causes into lines
    if "NoSuchBucket" in text:
        return StorageError(f"{uri}: there is no such bucket. Create it, or correct the URI.")
    for fault in _FAULTS:
        if any(sign in text for sign in fault.signs):
            return fault.error(f"{uri} ({what}): {fault.sentence}")
    if _is_refusal(error) or any(sign in text for sign in _REFUSALS):
        return _access_denied(uri, what)
    first_line = (text.strip() or type(error).__name__).splitlines()[0][:400].rstrip(".")
    return StorageUnavailableError(
        f"{uri} ({what}): the store did not answer as a store should: {first_line}. "
        "Check the endpoint and the network, then run again; nothing was half-written."
    )


def _is_refusal(error: Exception) -> bool:
    """Whether an error is a refusal by its kind; boto3 has the status of the response instead."""
    response: Any = getattr(error, "response", None)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None
    return isinstance(error, PermissionError) or status in (401, 403)


def _access_denied(uri: str, what: str) -> StorageAccessError:
    who = "the key or role of its connection" if uri.startswith("s3://") else "the owner and mode of the folder"
    return StorageAccessError(
        f"{uri} ({what}): access denied. Check {who}, and that it may list and read there; "
        "in a lake it must write and delete too."
    )
