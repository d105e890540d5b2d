"""The records in a file that a review tool wrote: JSON or JSON Lines. Pure."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ownvoice.errors import BadDataError

MAX_FILE_BYTES = 256 * 1024 * 1024
_UNREADABLE = (ValueError, RecursionError)  # no JSON, too long a number, too deep


class Record(NamedTuple):
    """A record, and where it stands in its file: "record 3" or "line 3"."""

    place: str
    value: Any


def records_in(data: bytes, faults: list[str]) -> list[Record]:
    """Return the records of a file; a line that is no JSON adds a sentence to `faults`.

    Raises `BadDataError` where nothing in it is a record.
    """
    if len(data) > MAX_FILE_BYTES:
        raise BadDataError(f"it has more than {MAX_FILE_BYTES:,} bytes: export fewer records at a time")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDataError(f"it is no text in UTF-8 (byte {error.start})") from error
    if not text.strip():
        raise BadDataError("it is empty")
    try:
        whole = json.loads(text)
    except _UNREADABLE as error:
        return _lines(text, error, faults)
    records = whole if isinstance(whole, list) else [whole]
    return [Record(f"record {number}", value) for number, value in enumerate(records, 1)]


def _lines(text: str, why_no_json: BaseException, faults: list[str]) -> list[Record]:
    """Return what a file of JSON Lines holds."""
    found: list[Record] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            found += [Record(f"line {number}", json.loads(line))] if line.strip() else []
        except _UNREADABLE as error:
            faults.append(f"line {number} is no JSON: {_why(error)}")
    if not any(isinstance(record.value, dict) for record in found):
        faults.clear()
        raise BadDataError(f"it is neither JSON nor JSON Lines: {_why(why_no_json)}")
    return found


def _why(error: BaseException) -> str:
    return "too deep" if isinstance(error, RecursionError) else str(error)
