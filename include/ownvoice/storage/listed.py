"""What a listing of a store yields: an object, or a part of the store that could not be listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a listing: its key, its size in bytes, and a tag that changes when its bytes do.

    `modified` is when it was last written, as the store says it: `modified_s` reads that, since few ask for it.
    """

    key: str
    size: int
    tag: str
    modified: float | str = field(compare=False)

    @property
    def modified_s(self) -> float:
        """When it was last written, in seconds since 1970."""
        if isinstance(self.modified, float):
            return self.modified
        return dt.datetime.fromisoformat(self.modified).timestamp()


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A name that a listing met and could not follow, and why, with what to do about it.

    `key` is fit to be stored and shown. `is_file` is False for a folder, and for a link that may have led to one: any
    number of objects may be behind it.
    """

    key: str
    why: str
    is_file: bool


@dataclass(frozen=True, slots=True)
class OldVersion:
    """What a bucket with versioning keeps beside its live objects: an earlier content, or the marker of a deletion.

    A marker has the size 0. `hides` says of one that it is what makes the object look deleted: without it, the content
    before it would be live again.
    """

    key: str
    version_id: str
    size: int
    is_marker: bool
    hides: bool = False


Listed = StoredObject | Unlisted
"""One name of a listing."""


class Place(Protocol):
    """Listing, reading and creating by keys as the store spells them.

    A listing has odd ones too: two dots, an empty part, a line break. The clients that write check and normalise keys,
    so they can neither list nor read such objects.
    """

    creates_once: bool
    """Whether of many that create the same object at the same time one alone does, here for certain."""

    def read(self, key: str) -> bytes:
        """Return the bytes under `key`. Raises `FileNotFoundError` where there is nothing."""
        ...

    async def read_async(self, key: str) -> bytes:
        """As `read`, for many at once."""
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Put `data` under `key` unless there is an object already; return whether this call wrote it."""
        ...

    async def create_async(self, key: str, data: bytes) -> bool:
        """As `create`, for many at once."""
        ...

    def listing(self, prefix: str) -> Iterator[Listed]:
        """Yield everything below the folder `prefix`; nothing where there is no such folder."""
        ...

    def unfinished(self) -> Iterator[StoredObject]:
        """Yield what writers began and did not end, which no listing and no reader sees; the tag is for `discard`."""
        ...

    def discard(self, unfinished: StoredObject) -> None:
        """Remove what `unfinished` yielded, if it is still there."""
        ...

    def old_versions(self) -> Iterator[OldVersion]:
        """Yield what is kept beside the live objects, in the order of keys; nothing where nothing is."""
        ...

    def read_version(self, old: OldVersion) -> bytes:
        """Return the content of an old version. Raises `FileNotFoundError` where it is gone."""
        ...

    def remove_version(self, old: OldVersion) -> str:
        """Remove an old version for good; return why it stays, empty where it does not."""
        ...

    def folders(self, prefix: str) -> list[str]:
        """Return the names of the folders directly below `prefix`, sorted."""
        ...

    def has_objects_beside_folders(self, prefix: str) -> bool:
        """Whether anything but folders lies directly below `prefix`."""
        ...

    def read_range(self, stored: StoredObject, start: int, length: int) -> tuple[bytes, str]:
        """Return `length` bytes of an object from `start` on, and the tag that it has now.

        Raises `FileNotFoundError` where it is gone.
        """
        ...


def below(prefix: str) -> str:
    """Return the beginning of every key below the folder `prefix`; the empty folder is the whole store."""
    return f"{prefix}/" if prefix else ""
