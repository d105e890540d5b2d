"""What clients say when a store fails, in one sentence with the object and the next step."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ownvoice.errors import DiskError, StorageAccessError, StorageError, StorageUnavailableError
from ownvoice.storage.faults import storage_error


def answer(code, status):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (OSError(28, "No space left on device"), DiskError, "the disk is full"),
        (OSError(122, "Disk quota exceeded"), DiskError, "the disk is full"),
        (OSError("Generic error: Unable to copy data: No space left on device (os error 28)"), DiskError, "is full"),
        (OSError("Generic LocalFileSystem error: (os error 28)"), DiskError, "the disk is full"),
        (answer("XMinioStorageFull", 507), DiskError, "the disk is full"),
        (answer("QuotaExceeded", 403), DiskError, "its quota is used up"),
        (OSError(30, "Read-only file system"), DiskError, "the file system is read-only. Mount it for writing"),
        (OSError(36, "File name too long"), StorageError, "no name as long as that"),
        (answer("InvalidObjectState", 403), StorageError, "the object is archived"),
        (answer("AccessDenied", 403), StorageAccessError, "access denied"),
        (answer("AllAccessDisabled", 403), StorageAccessError, "access denied"),
        (answer("ExpiredToken", 400), StorageAccessError, "access denied"),
        (OSError(1, "Operation not permitted"), StorageAccessError, "access denied"),
        (answer("SlowDown", 503), StorageUnavailableError, "did not answer as a store should"),
        (EndpointConnectionError(endpoint_url="http://store"), StorageUnavailableError, "Check the endpoint"),
        (OSError(5, "Input/output error"), DiskError, "cannot be read or written (an input/output error)"),
        (OSError(), StorageUnavailableError, "did not answer as a store should: OSError"),
    ],
    ids=str,
)
def test_each_kind_is_told_from_the_others(error, kind, sentence):
    found = storage_error("s3://lake", "tables/pairs", error)
    assert type(found) is kind
    assert str(found).startswith("s3://lake (tables/pairs): ")
    assert sentence in str(found)
    assert "\n" not in str(found)
