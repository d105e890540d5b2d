"""Every text in an object, whatever it is packed in: the parts of a file that a search looks through. Bounded memory.

A part is read on its own and overlaps the one before it, so that no run of words is cut in two. Unpacked are gzip,
Zstandard, bzip2, LZ4, xz and zip, one in another; Parquet by its cells, its dictionaries, and its own bytes with the
statistics in its footer; base64 as data; JSON's and HTML's ways to write a character, also of JSON in JSON.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import html
import io
import lzma
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pyarrow as pa

from ownvoice.takedown.search.cells import cells_of

_PART_BYTES = 1 << 20
_OVERLAP_BYTES = 1 << 13
_MAX_DEPTH = 6  # of packings in one another
_JSON_IN_JSON = 3
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SPACE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": " "}
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}(?:(?:\r?\n|(?:\\r)?\\n)[A-Za-z0-9+/_-]+)*")
_HEX = re.compile(r"[0-9a-f]+")
_LINE_ENDS = re.compile(r"\\r|\\n|\s")


class UndecodedError(Exception):
    """A packed object does not unpack; what it holds could not be looked through."""


def _unpack(codec: str) -> Callable[[BinaryIO], BinaryIO]:
    return lambda file: io.BufferedReader(pa.CompressedInputStream(file, codec))


_PACKED: tuple[tuple[bytes, Callable[[BinaryIO], BinaryIO]], ...] = (
    (b"\x1f\x8b", lambda file: io.BufferedReader(gzip.GzipFile(fileobj=file))),
    (b"BZh", lambda file: io.BufferedReader(bz2.BZ2File(file))),
    (b"\xfd7zXZ\x00", lambda file: io.BufferedReader(lzma.open(file))),  # noqa: SIM115  (the reader closes it)
    (b"\x28\xb5\x2f\xfd", _unpack("zstd")),
    (b"\x04\x22\x4d\x18", _unpack("lz4")),
)
_BROKEN = (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException, RuntimeError, NotImplementedError)


def texts_in(file: BinaryIO, depth: int = _MAX_DEPTH) -> Iterator[str]:
    """Yield every text of a seekable file, in parts. Raises `UndecodedError` where it is packed and broken."""
    head = file.read(6)
    file.seek(0)
    yield from _plain(file, depth)
    unpack = next((unpack for magic, unpack in _PACKED if head.startswith(magic)), None)
    is_zip, is_parquet = head.startswith(b"PK\x03\x04"), head.startswith(b"PAR1")
    if not (unpack or is_zip or is_parquet):
        return
    if depth == 0:
        raise UndecodedError(f"it is packed more than {_MAX_DEPTH} times")
    file.seek(0)
    try:
        if unpack:
            yield from _streamed(unpack(file), depth - 1)
        elif is_zip:
            yield from _members(file, depth - 1)
        else:
            yield from cells_of(file)
    except _BROKEN as error:
        raise UndecodedError(f"{type(error).__name__}: {str(error)[:200]}") from None


def _members(file: BinaryIO, depth: int) -> Iterator[str]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            yield member.filename
            with archive.open(member) as inner:
                yield from _streamed(io.BufferedReader(inner), depth)  # type: ignore[type-var]


def _streamed(file: BinaryIO, depth: int) -> Iterator[str]:
    """Yield the texts of what was unpacked; where it is itself packed it is spooled to disk, since that seeks."""
    with tempfile.TemporaryFile() as spooled:
        shutil.copyfileobj(file, spooled, _PART_BYTES)
        spooled.seek(0)
        yield from texts_in(spooled, depth)


def _plain(file: BinaryIO, depth: int) -> Iterator[str]:
    rest = b""
    while block := file.read(_PART_BYTES):
        data = rest + block
        yield from views(data, depth)
        rest = data[-_OVERLAP_BYTES:]


def views(data: bytes, depth: int) -> Iterator[str]:
    """Yield the readings of some bytes: as they are, and with each way of writing a character undone."""
    text = data.decode("utf-8", "replace")
    yield text
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield data.decode("utf-16", "replace")
    for _ in range(_JSON_IN_JSON):
        if "\\" not in text or (plain := without_escapes(text)) == text:
            break
        yield (text := plain)
    if "&" in text or "<" in text:
        yield _TAG.sub(" ", html.unescape(_TAG.sub(" ", text)))
    yield from _encoded(text, depth)


def without_escapes(text: str) -> str:
    """Undo JSON's escapes once."""
    plain = _ESCAPE.sub(_unescaped, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(match: re.Match[str]) -> str:
    code, sign = match.groups()
    return chr(int(code, 16)) if code else _SPACE_ESCAPES.get(sign, sign)


def _encoded(text: str, depth: int) -> Iterator[str]:
    """Yield what the runs of base64 in a text hold; one that may have begun in the part before, at each offset."""
    if depth == 0:
        return
    for match in _BASE64.finditer(text):
        if _HEX.fullmatch(match.group()):  # a hash, of which there are many
            continue
        letters = _LINE_ENDS.sub("", match.group()).replace("-", "+").replace("_", "/")
        for start in range(4 if match.start() == 0 else 1):
            whole = letters[start:]
            whole = whole[: len(whole) // 4 * 4] if len(whole) % 4 == 1 else whole + "=" * (-len(whole) % 4)
            try:
                data = base64.b64decode(whole)
            except (binascii.Error, ValueError):
                continue
            yield from _of_data(data, depth - 1)


def _of_data(data: bytes, depth: int) -> Iterator[str]:
    try:
        yield from texts_in(io.BytesIO(data), depth)
    except UndecodedError:  # no packing after all: a few random bytes that begin like one
        return
