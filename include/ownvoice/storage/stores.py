"""Object I/O for buckets and folders: the same few methods for both, with errors that a person can act on.

A key is a path below the store's URI, with `/` between its parts. No caller knows which kind of store it uses. obstore
writes by key; what people put into a store, under keys of any kind, is listed and read through a `Place`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from botocore.exceptions import BotoCoreError, ClientError
from obstore import exceptions as obstore_errors
from obstore.store import LocalStore, S3Store

from ownvoice.errors import SettingsError, StorageError
from ownvoice.storage.aws import OF_A_TASK, AwsAccess, credentials, s3_address
from ownvoice.storage.bucket import Bucket
from ownvoice.storage.faults import storage_error
from ownvoice.storage.folder import Folder
from ownvoice.storage.listed import Listed, OldVersion, Place, StoredObject, Unlisted

_DOWNLOAD_PART_BYTES = 8 << 20  # in memory at a time; and the client's timeout covers a whole response


class ObjectStore:
    """A bucket prefix (`s3://bucket/prefix`) or a folder (`file:///folder`).

    Raises `StorageError` where the store is missing or refuses, `StorageUnavailableError` where it does not answer.
    """

    def __init__(self, uri: str, access: AwsAccess | None = None, *, create_folder: bool = False) -> None:
        self.uri = uri.rstrip("/")
        self.access = access or AwsAccess()
        with self._translated("open"):
            self._store, self._place = _open(self.uri, self.access, create_folder)

    @property
    def creates_once(self) -> bool:
        """Whether this kind of store lets one alone of many creators of an object win; `probe.py` asks the others."""
        return self._place.creates_once

    def read(self, key: str) -> bytes | None:
        """Return the bytes under `key`, or None where there is nothing."""
        try:
            with self._translated(key):
                return self._place.read(key)
        except FileNotFoundError:
            return None

    def read_range(self, stored: StoredObject, start: int, length: int) -> bytes:
        """Return `length` bytes of an object of a listing, from `start` on.

        Raises `StorageError` where it is gone, or is no longer the object that was listed.
        """
        try:
            with self._translated(stored.key):
                data, tag = self._place.read_range(stored, start, length)
        except FileNotFoundError:
            raise StorageError(
                f"{self.uri}/{stored.key} was listed, but the store has nothing under that name. Run again; if it is "
                "still listed then, rename it."
            ) from None
        if tag != stored.tag:
            raise StorageError(
                f"{self.uri}/{stored.key} was written again while it was being read. Run again to read it."
            )
        return data

    async def read_async(self, key: str) -> bytes | None:
        """As `read`, for many at once."""
        try:
            with self._translated(key):
                return await self._place.read_async(key)
        except FileNotFoundError:
            return None

    def write(self, key: str, data: bytes) -> None:
        """Put `data` under `key`, over what was there; readers see the old bytes or the new, never a part."""
        with self._translated(key):
            obstore.put(self._store, key, data)

    def create(self, key: str, data: bytes) -> bool:
        """Put `data` under `key` unless there is an object already; return whether this call wrote it."""
        with self._translated(key):
            return self._place.create(key, data)

    async def create_async(self, key: str, data: bytes) -> bool:
        """As `create`, for many at once."""
        with self._translated(key):
            return await self._place.create_async(key, data)

    def upload(self, key: str, path: Path) -> None:
        """Put the file at `path` under `key`, in parts where it is large; it is never held in memory whole."""
        with self._translated(key):
            obstore.put(self._store, key, path)

    def download(self, key: str, path: Path) -> None:
        """Write the object under `key` to the file `path`. Raises `StorageError` where there is none."""
        try:
            with self._translated(key), path.open("wb") as file:
                size = obstore.head(self._store, key)["size"]
                for start in range(0, size, _DOWNLOAD_PART_BYTES):
                    length = min(_DOWNLOAD_PART_BYTES, size - start)
                    file.write(obstore.get_range(self._store, key, start=start, length=length))
        except FileNotFoundError:
            raise StorageError(f"{self.uri}/{key} is gone. Put it back from a backup, or make it again.") from None

    def listing(self, prefix: str = "") -> Iterator[Listed]:
        """Yield every object below the folder `prefix`, in no particular order, and what could not be listed there."""
        with self._translated(prefix or "listing"):
            yield from self._place.listing(prefix)

    def objects(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield every object below the folder `prefix`. Raises `StorageError` at what cannot be listed."""
        for one in self.listing(prefix):
            if isinstance(one, Unlisted):
                raise StorageError(f"{self.uri}/{one.key}: {one.why}.")
            yield one

    def stat(self, key: str) -> StoredObject | None:
        """Return size and tag of the object under `key`, or None."""
        try:
            with self._translated(key):
                meta = obstore.head(self._store, key)
        except FileNotFoundError:
            return None
        return StoredObject(key, meta["size"], f"{meta['e_tag']}:{meta['size']}", meta["last_modified"].timestamp())

    def unfinished(self) -> Iterator[StoredObject]:
        """Yield what writers began and did not end: no listing and no reader sees it, but it takes room."""
        with self._translated("listing"):
            yield from self._place.unfinished()

    def discard(self, unfinished: StoredObject) -> None:
        """Remove what `unfinished` yielded, if it is still there."""
        with self._translated(unfinished.key):
            self._place.discard(unfinished)

    def old_versions(self) -> Iterator[OldVersion]:
        """Yield what a bucket with versioning keeps beside the live objects: earlier contents, and deletions."""
        with self._translated("old versions"):
            yield from self._place.old_versions()

    def read_version(self, old: OldVersion) -> bytes | None:
        """Return the content of an old version, or None where it is gone."""
        try:
            with self._translated(old.key):
                return self._place.read_version(old)
        except FileNotFoundError:
            return None

    def remove_version(self, old: OldVersion) -> str:
        """Remove an old version for good; return why it stays (Object Lock with its date), empty where it does not."""
        with self._translated(old.key):
            return self._place.remove_version(old)

    def folders(self, prefix: str = "") -> list[str]:
        """Return the names of the folders directly below `prefix`, sorted."""
        with self._translated(prefix or "listing"):
            return self._place.folders(prefix)

    def has_objects_beside_folders(self, prefix: str = "") -> bool:
        """Whether anything but folders lies directly below `prefix`."""
        with self._translated(prefix or "listing"):
            return self._place.has_objects_beside_folders(prefix)

    def delete(self, key: str) -> None:
        """Remove the object under `key`, if there is one."""
        with contextlib.suppress(FileNotFoundError), self._translated(key):
            obstore.delete(self._store, key)

    @contextlib.contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        """Turn a store's error into one of ours; callers handle a missing object themselves."""
        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise storage_error(self.uri, what, error) from None
            raise
        except (obstore_errors.BaseError, BotoCoreError, ClientError, OSError) as error:
            raise storage_error(self.uri, what, error) from None


def _open(uri: str, access: AwsAccess, create_folder: bool) -> tuple[LocalStore | S3Store, Place]:
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        folder = Path(unquote(parts.path))
        if not create_folder and not folder.is_dir():
            raise StorageError(f"{uri}: there is no such folder. Create it, or correct the URI.")
        try:
            return LocalStore(folder, mkdir=create_folder), Folder(folder)
        except OSError as error:
            raise StorageError(f"{uri} cannot be used: {error}. Name a folder that this user may make.") from None
    if parts.scheme == "s3" and parts.netloc:
        prefix = parts.path.strip("/")
        objects = _open_s3(parts.netloc, prefix, access)
        return objects, Bucket(parts.netloc, prefix, access, objects)
    raise SettingsError(f"{uri!r} is not a store: write s3://bucket/prefix or file:///absolute/folder.")


def _open_s3(bucket: str, prefix: str, access: AwsAccess) -> S3Store:
    patience = access.patience or OF_A_TASK
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=s3_address(access),  # type: ignore[arg-type]  # the names it shares with deltalake, as plain strings
        client_options={
            "timeout": timedelta(seconds=patience.response_s),
            "connect_timeout": timedelta(seconds=patience.connect_s),
        },
        retry_config={"max_retries": patience.retries, "retry_timeout": timedelta(seconds=60)},
        credential_provider=credentials(access),
    )
