"""A bucket prefix as a place to list and read, with boto3, which takes every key that S3 does, and to create in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import obstore
from botocore.config import Config
from botocore.exceptions import ClientError, IncompleteReadError, ResponseStreamingError
from obstore.exceptions import AlreadyExistsError
from obstore.store import S3Store

from ownvoice.storage.aws import OF_A_TASK, AwsAccess, boto_session, s3_address
from ownvoice.storage.listed import Listed, OldVersion, StoredObject, below
from ownvoice.storage.object_lock import locked_because

_BROKEN_OFF = (IncompleteReadError, ResponseStreamingError)
_GONE = ("NoSuchKey", "404")


class Bucket:
    """The objects of bucket `name` below the folder `prefix`; keys are relative to it.

    `objects` is obstore's way to the same, for keys that Ownvoice makes.
    """

    creates_once = False  # not every server does

    def __init__(self, name: str, prefix: str, access: AwsAccess, objects: S3Store) -> None:
        self._name, self._base, self._access, self._objects = name, below(prefix), access, objects

    @cached_property
    def _client(self) -> Any:
        return _client(self._access)

    def listing(self, prefix: str) -> Iterator[Listed]:
        """Yield every object, without the empty ones that stand for folders in a console."""
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._name, Prefix=self._base + below(prefix)):
            for found in page.get("Contents", ()):
                key, size = found["Key"].removeprefix(self._base), found["Size"]
                if key and not (key.endswith("/") and size == 0):
                    yield StoredObject(key, size, _tag(found["ETag"], size), found["LastModified"])

    def unfinished(self) -> Iterator[StoredObject]:
        """Yield the uploads in parts that were not completed; a tag is the upload's id, a size that of its parts."""
        pages = self._client.get_paginator("list_multipart_uploads")
        for page in pages.paginate(Bucket=self._name, Prefix=self._base):
            for found in page.get("Uploads", ()):
                key, upload = found["Key"].removeprefix(self._base), found["UploadId"]
                yield StoredObject(key, self._uploaded(found["Key"], upload), upload, found["Initiated"])

    def _uploaded(self, key: str, upload: str) -> int:
        pages = self._client.get_paginator("list_parts")
        parts = pages.paginate(Bucket=self._name, Key=key, UploadId=upload)
        return sum(part["Size"] for page in parts for part in page.get("Parts", ()))

    def discard(self, unfinished: StoredObject) -> None:
        """Abort such an upload."""
        key = self._base + unfinished.key
        try:
            self._client.abort_multipart_upload(Bucket=self._name, Key=key, UploadId=unfinished.tag)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise

    def old_versions(self) -> Iterator[OldVersion]:
        """Yield the earlier contents of every object, and the markers of deletions."""
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._name, Prefix=self._base)
        for page in pages:
            for found in page.get("Versions", ()):
                if not found["IsLatest"]:
                    yield OldVersion(self._below(found), found["VersionId"], found["Size"], is_marker=False)
            for found in page.get("DeleteMarkers", ()):
                yield OldVersion(self._below(found), found["VersionId"], 0, is_marker=True, hides=found["IsLatest"])

    def _below(self, found: dict[str, Any]) -> str:
        return str(found["Key"]).removeprefix(self._base)

    def read_version(self, old: OldVersion) -> bytes:
        """Return the content of an old version. Raises `FileNotFoundError` where it is gone."""
        try:
            found = self._client.get_object(Bucket=self._name, Key=self._base + old.key, VersionId=old.version_id)
        except ClientError as error:
            if error.response["Error"]["Code"] in (*_GONE, "NoSuchVersion"):
                raise FileNotFoundError(old.key) from None
            raise
        return bytes(found["Body"].read())

    def remove_version(self, old: OldVersion) -> str:
        """Remove an old version for good; return why it stays (a lock, a legal hold), empty where it does not."""
        place = {"Bucket": self._name, "Key": self._base + old.key, "VersionId": old.version_id}
        try:
            self._client.delete_object(**place)
        except ClientError as error:
            if why := locked_because(self._client, place):
                return why
            if error.response["Error"]["Code"] not in (*_GONE, "NoSuchVersion"):
                raise
        return ""

    def folders(self, prefix: str) -> list[str]:
        """Return the names of the folders directly below `prefix`, sorted."""
        base, pages = self._directly_below(prefix)
        return sorted(one["Prefix"].removeprefix(base)[:-1] for page in pages for one in page.get("CommonPrefixes", ()))

    def has_objects_beside_folders(self, prefix: str) -> bool:
        """Whether anything but folders lies directly below `prefix`."""
        base, pages = self._directly_below(prefix)
        return any(one["Key"] != base for page in pages for one in page.get("Contents", ()))

    def _directly_below(self, prefix: str) -> tuple[str, Any]:
        base = self._base + below(prefix)
        pages = self._client.get_paginator("list_objects_v2")
        return base, pages.paginate(Bucket=self._name, Prefix=base, Delimiter="/")

    def read(self, key: str) -> bytes:
        """Return the bytes under `key`. Raises `FileNotFoundError` where there is nothing."""
        return bytes(obstore.get(self._objects, key).bytes())

    async def read_async(self, key: str) -> bytes:
        """As `read`, for many at once."""
        return bytes(await (await obstore.get_async(self._objects, key)).bytes_async())

    def create(self, key: str, data: bytes) -> bool:
        """Put `data` under `key` unless there is an object already; return whether this call wrote it."""
        try:
            obstore.put(self._objects, key, data, mode="create")
        except AlreadyExistsError:
            return False
        return True

    async def create_async(self, key: str, data: bytes) -> bool:
        """As `create`, for many at once."""
        try:
            await obstore.put_async(self._objects, key, data, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def read_range(self, stored: StoredObject, start: int, length: int) -> tuple[bytes, str]:
        """Return `length` bytes from `start` on, and the object's tag."""
        patience = self._access.patience or OF_A_TASK
        for left in range(patience.retries, -1, -1):  # boto3 itself tries again only until a response begins
            try:
                return self._range(stored, start, length)
            except _BROKEN_OFF:
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _range(self, stored: StoredObject, start: int, length: int) -> tuple[bytes, str]:
        part = f"bytes={start}-{start + length - 1}"
        try:
            found = self._client.get_object(Bucket=self._name, Key=self._base + stored.key, Range=part)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                raise FileNotFoundError(stored.key) from None
            raise
        size = int(found["ContentRange"].rpartition("/")[2])
        return found["Body"].read(), _tag(found["ETag"], size)


def _tag(e_tag: str, size: int) -> str:
    return f"{e_tag}:{size}"


def _client(access: AwsAccess) -> Any:
    address: Any = s3_address(access)
    own_server = "aws_endpoint" in address
    return boto_session(access).client(
        "s3",
        region_name=address["aws_region"],
        endpoint_url=address.get("aws_endpoint"),
        config=Config(
            max_pool_connections=32,
            request_checksum_calculation="when_required",  # stores other than AWS know no others
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if own_server else "auto"},
        ),
    )
