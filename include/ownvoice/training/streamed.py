"""An object of the lake as a file that can be read and rewound, so that 16 GB need not fit a worker's disk."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from ownvoice.stores import ObjectStore, StoredObject

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER_BYTES = 4 << 20  # one request to the store for so many bytes; a few shards are read at a time


def open_object(store: ObjectStore, stored: StoredObject) -> io.BufferedReader:
    """Open an object of a listing for reading. Raises `StorageError` where it is gone by the time it is read."""
    return io.BufferedReader(_Ranges(store, stored.key, stored.size), _BUFFER_BYTES)


class _Ranges(io.RawIOBase):
    def __init__(self, store: ObjectStore, key: str, size: int) -> None:
        self._store, self._key, self._size = store, key, size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        length = max(0, min(len(view), self._size - self._position))
        if length:
            view[:length] = self._store.read_range(self._key, self._position, length)
        self._position += length
        return length
