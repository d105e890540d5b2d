"""The items of a large XML document, one at a time: each is parsed by itself, so that a broken one costs only itself.

Feeds and WordPress write a head and then a flat list of items. A parser of the whole document would hold it in memory,
or stop at the first fault of any item; this one looks only for where items begin and end.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.exports.markup import element_of
from ownvoice.articles.formats.page.encoding import codec_of
from ownvoice.articles.formats.page.tree import Element

MAX_ITEM_CHARS = 16 << 20
"""Of one item with its comments, or of all that stands above the first; the text of an article may have half of it."""

_READ_BYTES = 1 << 20
_KEPT_CHARS = 4096  # of what was searched: a mark may begin there, and the root may end there
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF16_LE: "utf-16-le"}
_UNMARKED = {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be"}  # appendix F of XML 1.0
_DECLARED = re.compile(rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml\b[^>]*\?>")
_FORBIDDEN = dict.fromkeys([*(n for n in range(0x20) if chr(n) not in "\t\n\r"), 0xFFFE, 0xFFFF])

_ABOVE_ROOT = re.compile(r"\ufeff?(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]|\[[^\]]*\])*>)*", re.DOTALL)
_ROOT = re.compile(r"<((?:[\w.-]+:)?[\w.-]+)")
_MARK = re.compile(r"<!\[CDATA\[|<!--|<(/?)(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>/])")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}


@dataclass(frozen=True, slots=True)
class XmlItem:
    """The markup of one item; where that is None, `fault` says why."""

    markup: str | None
    fault: str = ""


class XmlItems:
    """A document of items: its root, the `head` above the first item, and the items, read as they are asked for.

    `root` is the name of the root element without its prefix, in lower case; empty where there is none. What XML
    forbids (control characters) is left out, because exports hold it. Raises `UnreadableError` for a document that
    is empty, or in an encoding that nobody knows, and while it is iterated for a head beyond its bound.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        first = file.read(_READ_BYTES)
        if not first.strip():
            raise UnreadableError(Reason.EMPTY, "the object holds no text")
        self.encoding = _codec(first)
        self._decoder = codecs.getincrementaldecoder(self.encoding)("surrogateescape")
        self._buffer = _DECLARATION.sub("", self._decoded(first), count=1)
        above = _ABOVE_ROOT.match(self._buffer)
        found = _ROOT.match(self._buffer, above.end() if above else 0)
        self._root_tag = found[1] if found else ""
        self.root = self._root_tag.rpartition(":")[2].lower()
        self._at, self._start, self._is_too_large, self._has_head = 0, -1, False, False
        first_mark = self._next_mark()
        self.head = self._buffer[: first_mark.start()] if first_mark else self._buffer
        self._at, self._has_head = first_mark.start() if first_mark else self._at, True

    @property
    def opening(self) -> str:
        """The start tag of the root, with the namespaces of all items."""
        found = re.compile(rf"""<{re.escape(self._root_tag)}(?:[^>"']|"[^"]*"|'[^']*')*>""").search(self.head)
        return found[0] if found else f"<{self._root_tag}>"

    def parsed_alone(self, markup: str) -> Element:
        """Return an item as an element. Raises `UnreadableError` where it is no XML, or holds a byte of no encoding."""
        return element_of(self._encoded(f"{self.opening}{markup}</{self._root_tag}>"), "it")[0]

    def document_of(self, markup: str) -> bytes:
        """Return a document in UTF-8 with one item alone, below the head of all. Raises `UnreadableError` as above."""
        channel = "</channel>" if self.root == "rss" and "</channel" not in self.head else ""
        return self._encoded(f"{self.head}{markup}{channel}</{self._root_tag}>")

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode()
        except UnicodeEncodeError:
            raise UnreadableError(Reason.NOT_UTF8, f"it holds a byte that is not in {self.encoding}") from None

    def __iter__(self) -> Iterator[XmlItem]:
        """Yield the items in their order, and a fault where the document breaks off."""
        while mark := self._next_mark():
            if self._start >= 0:
                yield self._item(mark)
            self._start = -1 if mark[1] else mark.start()
        if self._start >= 0 or f"</{self._root_tag}" not in self._buffer:
            yield XmlItem(None, "the document breaks off here; export it again")

    def _item(self, mark: re.Match[str]) -> XmlItem:
        """Return the open item, which ends at a mark: at its end tag, or where another begins."""
        is_too_large, self._is_too_large = self._is_too_large, False
        if is_too_large or mark.start() - self._start > MAX_ITEM_CHARS:
            return XmlItem(None, f"it is larger than {MAX_ITEM_CHARS:,} characters")
        if not mark[1]:
            return XmlItem(None, "it has no end: another one begins in it")
        return XmlItem(f"{self._buffer[self._start : mark.end()]}>")

    def _next_mark(self) -> re.Match[str] | None:
        """Return the next start or end of an item, outside of comments and quoted text; None at the end."""
        while True:
            mark = _MARK.search(self._buffer, self._at)
            if mark is None:
                self._at = max(self._at, len(self._buffer) - _KEPT_CHARS)
                if not self._read_on():
                    return None
            elif mark[0] not in _ENDS:
                self._at = mark.end()
                return mark
            elif not self._pass(mark.end(), _ENDS[mark[0]]):
                return None

    def _pass(self, start: int, end: str) -> bool:
        """Go behind the next `end`; return whether there is one."""
        self._at = start
        while (found := self._buffer.find(end, self._at)) < 0:
            self._at = max(self._at, len(self._buffer) - len(end))
            if not self._read_on():
                return False
        self._at = found + len(end)
        return True

    def _read_on(self) -> bool:
        """Read more, and let go of what is behind; return whether there was more."""
        kept = self._start if self._start >= 0 else self._at if self._has_head else 0
        if self._at - kept > MAX_ITEM_CHARS:
            if not self._has_head:
                raise UnreadableError(Reason.TOO_LARGE, f"no item begins in its first {MAX_ITEM_CHARS:,} characters")
            self._is_too_large, kept = True, self._at
        more = self._decoded(self._file.read(_READ_BYTES))
        self._buffer, self._at = self._buffer[kept:] + more, self._at - kept
        self._start = 0 if self._start >= 0 else -1
        return bool(more)

    def _decoded(self, data: bytes) -> str:
        try:
            return self._decoder.decode(data, final=not data).translate(_FORBIDDEN)
        except UnicodeDecodeError as error:
            raise UnreadableError(Reason.NOT_UTF8, f"it is not {error.encoding}; save it as UTF-8") from None


def _codec(data: bytes) -> str:
    found = next((codec for marks in (_MARKS, _UNMARKED) for mark, codec in marks.items() if data.startswith(mark)), "")
    declared = _DECLARED.match(data)
    return found or (codec_of(declared[1].decode("ascii")) if declared else "utf-8")
