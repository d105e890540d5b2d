"""An object of the source, opened for the reader of its format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Self

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.budget import MAX_ARTICLE_BYTES

Fields = Mapping[str, Any]
"""Names and values as a source spells them: of front matter, a sidecar, a JSON object, a row."""


class Numeral(str):
    """A number in the words of the source: `1e3` and a number of 30 digits are ids like any other.

    It is no text: content that is a number is no article. A whole one is spelled without `.0`, which tables add to all
    numbers of a column with an empty cell.
    """

    __slots__ = ()

    def __new__(cls, spelled: str) -> Self:
        """Return the number that is `spelled` so."""
        whole, point, rest = spelled.partition(".")
        return super().__new__(cls, whole if point and rest and not rest.strip("0") else spelled)


@dataclass(frozen=True, slots=True)
class OpenedObject:
    """An object while it is read: its key, its bytes, and the fields of each of its sidecars."""

    key: str
    file: BinaryIO
    sidecars: Sequence[Fields] = ()

    def read_whole(self, instead: str, max_bytes: int = MAX_ARTICLE_BYTES) -> bytes:
        """Return all bytes of the object.

        Raises `UnreadableError` where there are more than `max_bytes`, with what to do `instead`, or none but blanks.
        """
        data = self.file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise UnreadableError(Reason.TOO_LARGE, f"it is larger than {max_bytes:,} bytes; {instead}")
        if not data.strip():
            raise UnreadableError(Reason.EMPTY, "the object holds no text")
        return data


def decoded(data: bytes) -> str:
    """Return UTF-8 as text, without a byte order mark. Raises `UnreadableError` for any other encoding."""
    try:
        return without_nul(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError(Reason.NOT_UTF8, f"byte {error.start} is no UTF-8; save the file as UTF-8") from None


def without_nul(text: str) -> str:
    """Return the text. Raises `UnreadableError` where a quarter of it is NUL, as in UTF-16 read as UTF-8."""
    if text.count("\0") * 4 > len(text):
        raise UnreadableError(Reason.NOT_UTF8, "a quarter of it is NUL, as in UTF-16; save the file as UTF-8")
    return text
