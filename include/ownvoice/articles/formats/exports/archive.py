"""A ZIP archive whose members are read one at a time, in memory and within bounds; nothing is unpacked to disk."""

from __future__ import annotations

import contextlib
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from shutil import copyfileobj
from typing import BinaryIO

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.budget import MAX_ARTICLE_BYTES, most_unpacked_bytes
from ownvoice.articles.formats.opened import OpenedObject
from ownvoice.errors import DiskError

MAX_MEMBERS = 100_000
_MAX_LIST_BYTES = 32 << 20
_END = b"PK\5\6"
_TAIL_BYTES = (1 << 16) + 22  # where the end record is, behind which a comment may stand
_IN_MEMORY_BYTES = 16 << 20
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, struct.error)


class Archive:
    """The members of an archive by their names, without folders and without what macOS adds."""

    def __init__(self, file: zipfile.ZipFile, packed_bytes: int) -> None:
        self._file = file
        self._most = most_unpacked_bytes(packed_bytes)
        self._unpacked_bytes = 0
        members = (one for one in file.infolist() if not one.is_dir())
        self._members = {one.filename: one for one in members if not _is_junk(one.filename)}

    @property
    def names(self) -> list[str]:
        """The names of all members, in their order in the archive."""
        return list(self._members)

    def read(self, name: str, max_bytes: int = MAX_ARTICLE_BYTES) -> bytes:
        """Return the bytes of a member.

        Raises `UnreadableError` where there is none of this name, where it is locked or damaged or larger than
        `max_bytes`, and where all that was read of the archive comes to more than the archive may unpack to.
        """
        with self.open(name) as file:
            try:
                data = file.read(max_bytes + 1)
            except _FAULTS as error:
                raise _damaged(name, error) from None
        if len(data) > max_bytes:
            raise UnreadableError(Reason.TOO_LARGE, f"{name} is larger than {max_bytes:,} bytes")
        self._unpacked_bytes += len(data)
        if self._unpacked_bytes > self._most:
            raise UnreadableError(Reason.ZIP_BOMB, f"its members unpack to more than {self._most:,} bytes")
        return data

    def open(self, name: str) -> BinaryIO:
        """Open a member for reading. Raises `UnreadableError` as `read` does for a name, a lock or a method."""
        if name not in self._members:
            raise UnreadableError(Reason.BAD_ARCHIVE, f"it has no {name}")
        if self._members[name].flag_bits & 1:
            raise UnreadableError(Reason.ENCRYPTED, f"{name} is locked by a password; save it without one")
        try:
            return self._file.open(self._members[name])  # type: ignore[return-value]  # all that readers use of one
        except _FAULTS as error:
            raise _damaged(name, error) from None


@contextlib.contextmanager
def open_archive(opened: OpenedObject) -> Iterator[Archive]:
    """Open an object as an archive. Raises `UnreadableError` where it is none, breaks off, or lists too much."""
    with contextlib.ExitStack() as until_read:
        file = opened.file if opened.file.seekable() else _copy(opened, until_read)
        size = file.seek(0, os.SEEK_END)
        if not size:
            raise UnreadableError(Reason.EMPTY, "the object is empty")
        _refuse_a_long_list(file, size)
        file.seek(0)
        try:
            archive = until_read.enter_context(zipfile.ZipFile(file))
        except _FAULTS as error:
            raise UnreadableError(Reason.BAD_ARCHIVE, f"it is no whole ZIP archive: {error}"[:200]) from None
        yield Archive(archive, size)


def _copy(opened: OpenedObject, until_read: contextlib.ExitStack) -> BinaryIO:
    """Return a packed object as a file in which one can go back. Raises `DiskError` where this machine has no room."""
    copy = until_read.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))  # noqa: SIM115
    try:
        copyfileobj(opened.file, copy)
    except OSError as error:
        raise DiskError(
            f"{opened.key} cannot be unpacked to the temporary folder of this machine: "
            f"{(error.strerror or str(error)).lower()}. Free some space there, or name another folder in TMPDIR."
        ) from None
    return copy  # type: ignore[return-value]


def _refuse_a_long_list(file: BinaryIO, size: int) -> None:
    """Raise `UnreadableError` where the archive's list of members is longer than its bounds, before it is parsed."""
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read(_TAIL_BYTES)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise UnreadableError(Reason.BAD_ARCHIVE, "it is no ZIP archive, or its end is missing; export it again")
    members, list_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
    if list_bytes > _MAX_LIST_BYTES or members > MAX_MEMBERS:
        raise UnreadableError(Reason.TOO_LARGE, f"the list of its members is larger than {_MAX_LIST_BYTES:,} bytes")


def _damaged(name: str, error: Exception) -> UnreadableError:
    return UnreadableError(Reason.BAD_ARCHIVE, f"{name} does not unpack: {error or type(error).__name__}"[:200])


def _is_junk(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("._")
