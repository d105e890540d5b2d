"""A folder as a place to list, read and create: names as the file system has them, dead links, closed folders.

It calls the system itself, since each file costs obstore three threads that wake each other, which is more CPU than the
file does (`benchmarks/generation.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from secrets import randbits
from typing import BinaryIO

from ownvoice.storage.listed import Listed, OldVersion, StoredObject, Unlisted, below

_Inode = tuple[int, int]
_STAGED = re.compile(r"#\d+$")  # a file that the client of the lake is writing, or was when it was killed


class Folder:
    """The files below `root`. What cannot be listed below it is yielded by name; the rest is listed all the same.

    A link to a folder is followed where it leads out of `root`, once. One that leads into it adds no file, and one that
    leads above it would lead in a circle.
    """

    creates_once = True  # a link has one maker

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._real_root = os.path.realpath(root)

    def listing(self, prefix: str) -> Iterator[Listed]:
        """Yield everything below `prefix`. Raises `OSError` where `prefix` itself cannot be listed."""
        waiting: deque[str] = deque([prefix])
        visited: set[_Inode] = set()
        while waiting:
            folder = waiting.popleft()
            try:
                entries = self._entries(folder, visited)
            except OSError as error:
                if folder == prefix:
                    raise
                yield Unlisted(folder, f"the folder cannot be listed: {_said(error)}", is_file=False)
                continue
            for entry in entries:
                one = self._listed(f"{below(folder)}{entry.name}", entry)
                if isinstance(one, str):
                    waiting.append(one)
                elif one:
                    yield one

    def unfinished(self) -> Iterator[StoredObject]:
        """Yield the files under the names that they have until they are whole."""
        for folder, _, names in os.walk(self._root):
            for name in filter(_STAGED.search, names):
                path = Path(folder, name)
                with contextlib.suppress(FileNotFoundError):  # it became whole since its folder was listed
                    yield _stored(path.relative_to(self._root).as_posix(), path.lstat())

    def discard(self, unfinished: StoredObject) -> None:
        """Remove such a file."""
        Path(self._path(unfinished.key)).unlink(missing_ok=True)

    def old_versions(self) -> Iterator[OldVersion]:
        """Yield nothing: a folder keeps no earlier content. What snapshots of its file system hold is not seen."""
        return iter(())

    def read_version(self, old: OldVersion) -> bytes:
        """Raise `FileNotFoundError`: there is none."""
        raise FileNotFoundError(old.key)

    def remove_version(self, old: OldVersion) -> str:
        """Return that it stays: there is none to remove."""
        return f"a folder has no old version of {old.key}"

    def folders(self, prefix: str) -> list[str]:
        """Return the names of the folders directly below `prefix`, sorted."""
        return sorted(
            entry.name for entry in self._entries(prefix, set()) if _is_folder(entry) and _is_utf8(entry.name)
        )

    def has_objects_beside_folders(self, prefix: str) -> bool:
        """Whether anything but folders lies directly below `prefix`."""
        return any(not _is_folder(entry) for entry in self._entries(prefix, set()))

    def read(self, key: str) -> bytes:
        """Return the bytes under `key`. Raises `FileNotFoundError` where there is no file."""
        try:
            with open(self._path(key), "rb", buffering=0, opener=_opened_without_waiting) as file:
                return file.readall() or b""  # a pipe that nobody has written to gives None
        except (IsADirectoryError, NotADirectoryError):
            raise FileNotFoundError(key) from None

    async def read_async(self, key: str) -> bytes:
        """As `read`, in a thread: a folder of another machine may be slow."""
        return await asyncio.get_running_loop().run_in_executor(None, self.read, key)

    def create(self, key: str, data: bytes) -> bool:
        """Put `data` under `key` unless there is a file already; return whether this call wrote it.

        The file gets its name once it is whole, so that a kill leaves none that is half-written.
        """
        path = self._path(key)
        staged = Path(f"{path}#{randbits(63)}")
        try:
            with _made(staged) as file:
                file.write(data)
            os.link(staged, path)
        except FileExistsError:
            return False
        finally:
            staged.unlink(missing_ok=True)
        return True

    async def create_async(self, key: str, data: bytes) -> bool:
        """As `create`, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(None, self.create, key, data)

    def read_range(self, stored: StoredObject, start: int, length: int) -> tuple[bytes, str]:
        """Return `length` bytes from `start` on, and the file's tag."""
        with open(self._path(stored.key), "rb", buffering=0, opener=_opened_without_waiting) as file:
            file.seek(start)
            return file.read(length), _tag(os.fstat(file.fileno()))

    def _entries(self, folder: str, visited: set[_Inode]) -> list[os.DirEntry[str]]:
        """Return what is in a folder, by name; nothing where it was `visited` already, or is not there."""
        path = self._path(folder)
        try:
            found = Path(path).stat()
            inode = (found.st_dev, found.st_ino)
            if inode in visited:
                return []
            visited.add(inode)
            with os.scandir(path) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _listed(self, key: str, entry: os.DirEntry[str]) -> Listed | str | None:
        """Return what an entry is: an object, a folder to list (its key), or what cannot be listed.

        None is for what is no object: a link to a folder that has a place of its own in the listing, a file that is
        being written or that is gone.
        """
        if not _is_utf8(entry.name):
            return Unlisted(_shown(key), "its name is no UTF-8; rename it", is_file=not _is_folder(entry))
        if _STAGED.search(entry.name):
            return None
        try:
            found = entry.stat()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not entry.is_symlink():  # removed since the folder was listed
                return None
            why = "the link leads nowhere, or in a circle" if entry.is_symlink() else "its folder does not give it"
            return Unlisted(key, f"{why}: {_said(error)}", is_file=not entry.is_symlink())
        if stat.S_ISDIR(found.st_mode):
            return None if entry.is_symlink() and self._leads_back(entry.path) else key
        if not stat.S_ISREG(found.st_mode):
            return Unlisted(key, "it is no file, but a pipe, a socket or a device; move it out", is_file=True)
        return _stored(key, found)

    def _leads_back(self, link: str) -> bool:
        target = os.path.realpath(link)
        return os.path.commonpath([target, self._real_root]) in (target, self._real_root)

    def _path(self, key: str) -> str:
        """Return the path of a key. Raises `PermissionError` for one that would lead out of the folder."""
        if ".." in key.split("/"):
            raise PermissionError(f"{key!r} leads out of the folder")
        return f"{self._root}/{key}"


def _opened_without_waiting(path: str, flags: int) -> int:
    """Open a file that may have become a pipe since it was listed, which would never answer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _made(path: Path) -> BinaryIO:
    """Open a new file for writing, and make its folder where it is not there."""
    try:
        return path.open("xb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")


def _stored(key: str, found: os.stat_result) -> StoredObject:
    return StoredObject(key, found.st_size, _tag(found), found.st_mtime)


def _tag(found: os.stat_result) -> str:
    """Return inode, time in microseconds and size, as the object store's client has always written them."""
    return f'"{found.st_ino:x}-{found.st_mtime_ns // 1000:x}-{found.st_size:x}":{found.st_size}'


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _is_utf8(name: str) -> bool:
    return _shown(name) == name


def _shown(name: str) -> str:
    """Return a name with the bytes that are no UTF-8 spelt out; Python holds them as lone surrogates."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _said(error: OSError) -> str:
    return f"{(error.strerror or str(error)).lower()}. Check the owner and mode, or move it out"
