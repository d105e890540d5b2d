"""Packed objects (gz, zst): unpacked while they are read, and never further than a bound."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.budget import most_unpacked_bytes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKINGS = {".gz": "gzip", ".zst": "zstd"}
_BUFFER_BYTES = 1 << 20


def unpacked(key: str, file: BinaryIO) -> BinaryIO:
    """Return a file of the unpacked bytes; the file itself if the object is not packed."""
    packing = next((name for suffix, name in PACKINGS.items() if key.lower().endswith(suffix)), None)
    return io.BufferedReader(_Unpacked(file, packing), _BUFFER_BYTES) if packing else file


def without_packing(key: str) -> str:
    """Return a key in lower case and without the suffixes of packings: `a.md` for `a.MD.gz`."""
    name = key.lower()
    for suffix in PACKINGS:
        name = name.removesuffix(suffix)
    return name


class _Unpacked(io.RawIOBase):
    """The unpacked bytes of `file`. Reading raises `UnreadableError` where they are broken, or too many.

    It unpacks with pyarrow, which tells a Zstandard stream that breaks off from one that ends; `zstandard` does not.
    """

    def __init__(self, file: BinaryIO, packing: str) -> None:
        import pyarrow as pa

        self._file = file
        self._inner = pa.CompressedInputStream(file, packing)
        self._unpacked_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        try:
            part = self._inner.read(len(view))
        except OSError as error:
            raise UnreadableError(Reason.BAD_ARCHIVE, f"it does not unpack: {str(error)[:200]}") from None
        self._unpacked_bytes += len(part)
        packed_bytes = self._file.tell()
        if self._unpacked_bytes > most_unpacked_bytes(packed_bytes):
            raise UnreadableError(
                Reason.ZIP_BOMB, f"its first {packed_bytes:,} bytes unpack to more than {self._unpacked_bytes:,}"
            )
        view[: len(part)] = part
        return len(part)
