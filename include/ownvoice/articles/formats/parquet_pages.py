"""The pages of a Parquet file, as their headers announce them: what reading a column makes of its bytes.

A footer may say anything, but a page unpacks to the size in its header or not at all. A header is a struct in Thrift's
compact protocol (https://github.com/apache/parquet-format: PageHeader), of which the first three fields are read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

_UNPACKED, _PACKED = 2, 3  # the numbers of the fields uncompressed_page_size and compressed_page_size
_MAX_HEADER_BYTES = 1 << 20  # a header may hold the least and the largest value of its page
_BOOLEANS, _BYTE, _NUMBERS, _DOUBLE, _BINARY, _LISTS, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 12
_MAX_DEPTH = 8


def unpacked_page_sizes(file: IO[bytes], start: int, packed_bytes: int) -> Iterator[int]:
    """Yield the unpacked size of each page of the column chunk of `packed_bytes` at `start`.

    Raises `ValueError` where what stands there is no chain of pages.
    """
    at, end = start, start + packed_bytes
    while at < end:
        file.seek(at)
        header = _Struct(file.read(min(_MAX_HEADER_BYTES, end - at)))
        sizes = header.numbers()
        if not (sizes.get(_PACKED, -1) >= 0 and sizes.get(_UNPACKED, -1) >= 0):
            raise ValueError(f"a page at byte {at:,} has no size")
        yield sizes[_UNPACKED]
        at += header.at + sizes[_PACKED]


class _Struct:
    """A struct at the beginning of `data`; `at` is how far it has been read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def numbers(self, depth: int = 0) -> dict[int, int]:
        """Read the struct and return its fields that are whole numbers, by their number."""
        found: dict[int, int] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            if head & 15 in _NUMBERS:
                found[number] = self._zigzag()
            elif head & 15 not in _BOOLEANS:  # of these the head has the value
                self._skip(head & 15, depth + 1)
        return found

    def _skip(self, kind: int, depth: int) -> None:
        if kind in (*_BOOLEANS, _BYTE):
            self.at += 1
        elif kind in _NUMBERS:
            self._varint()
        elif kind == _DOUBLE:
            self.at += 8
        elif kind == _BINARY:
            length = self._varint()
            self.at += length
        elif kind in _LISTS and depth < _MAX_DEPTH:
            head = self._byte()
            for _ in range(head >> 4 if head >> 4 < 15 else self._varint()):
                self._skip(head & 15, depth + 1)
        elif kind == _STRUCT and depth < _MAX_DEPTH:
            self.numbers(depth)
        else:
            raise ValueError("a page header that is none")

    def _byte(self) -> int:
        if self.at >= len(self._data):
            raise ValueError("a page header without an end")
        self.at += 1
        return self._data[self.at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise ValueError("a number without an end in a page header")

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
