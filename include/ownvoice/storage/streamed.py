"""An object as a seekable file that is read in parts, so that it may be larger than memory and disk."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from ownvoice.storage.listed import StoredObject
from ownvoice.storage.stores import ObjectStore

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER_BYTES = 4 << 20  # read with one request; only a few objects are read at the same time


def open_object(store: ObjectStore, stored: StoredObject) -> io.BufferedReader:
    """Open an object of a listing for reading.

    Raises `StorageError` where it is gone, or has been written again, by the time it is read.
    """
    return io.BufferedReader(_Ranges(store, stored), min(_BUFFER_BYTES, max(stored.size, 1)))


class _Ranges(io.RawIOBase):
    def __init__(self, store: ObjectStore, stored: StoredObject) -> None:
        self._store, self._stored = store, stored
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._stored.size}[whence]
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        length = max(0, min(len(view), self._stored.size - self._position))
        if length:
            view[:length] = self._store.read_range(self._stored, self._position, length)
        self._position += length
        return length
