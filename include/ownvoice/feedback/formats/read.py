"""Which format a record is of, and what it says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from ownvoice.errors import BadDataError, first_line
from ownvoice.feedback.formats import chat_ui, langfuse, librechat, openai, openwebui, own
from ownvoice.feedback.formats.records import Record, records_in
from ownvoice.feedback.said import Piece
from ownvoice.imports.record_hash import record_sha256

FORMATS: tuple[ModuleType, ...] = (openwebui, librechat, chat_ui, openai, own, langfuse)
"""In this order a record is offered to them; the first that knows it reads it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a piece stands: object, number of the record in it from 1, and a hash of that record as canonical JSON."""

    file: str
    row: int
    sha256: str
    format: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A record, or a whole object (`place` is ""), that cannot be read, and why."""

    file: str
    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}{', ' if self.place else ''}{self.place}: {self.why}"


def pieces_of(key: str, data: bytes) -> Iterator[tuple[Source, Piece] | Refused]:
    """Yield what an object says. Nothing in it raises: what cannot be read is refused by its place."""
    number = 0
    try:
        for number, record in enumerate(records_in(key, data), 1):
            yield from _pieces(key, number, record)
    except BadDataError as error:
        yield Refused(key, "" if not number else f"after record {number}", str(error))


def _bounded(why: str) -> str:
    """Return a sentence that may repeat a value of the record, in one line that is short."""
    return first_line(ValueError(why))


def _pieces(key: str, number: int, record: Record) -> Iterator[tuple[Source, Piece] | Refused]:
    value = record.value
    if isinstance(value, Exception):
        yield Refused(key, record.place, str(value))
        return
    known = next((one for one in FORMATS if isinstance(value, Mapping) and one.knows(value)), None)
    if known is None:
        names = ", ".join(one.NAME for one in FORMATS)
        yield Refused(key, record.place, f"it is of no known format ({names}): docs/feedback.md tells what each has")
        return
    source = Source(key, number, record_sha256(value), known.NAME)
    try:
        for piece in known.read(value, record.place):
            yield Refused(key, record.place, _bounded(piece)) if isinstance(piece, str) else (source, piece)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:  # a shape nobody has seen yet
        yield Refused(key, record.place, first_line(error))
