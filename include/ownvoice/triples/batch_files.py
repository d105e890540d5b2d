"""The files that the batch API takes and gives back: a request a line, an answer or a failure a line. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from ownvoice.errors import ModelAccessError
from ownvoice.life import ChunkEvent
from ownvoice.triples.failures import Failure, RequestFailedError, classified

MAX_REQUESTS_PER_FILE = 50_000
MAX_FILE_BYTES = 200_000_000
"""What OpenAI takes as one batch; other endpoints have taken over the same two numbers."""

ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"


class BatchFault(StrEnum):
    """Why a line of a batch brought no answer, beside `failures.Failure`. The names are stable."""

    EXPIRED = "batch_expired"
    CANCELLED = "batch_cancelled"
    NO_LINE = "batch_line_missing"  # the batch ended in order, and neither file speaks of the request


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A request that a batch did not answer, and what that makes of its chunk."""

    fault: str
    event: ChunkEvent


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A line of an output or error file: a completion, a failure, or a refusal that holds for every request."""

    request_key: str
    result: dict[str, Any] | GaveUp | ModelAccessError


def request_line(request_key: str, body: dict[str, Any]) -> bytes:
    """Return the line that asks: its `custom_id` is the request key."""
    line = {"custom_id": request_key, "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def request_files(lines: Iterable[tuple[str, bytes]]) -> Iterator[tuple[list[str], bytes]]:
    """Yield files that keep both limits, each with its request keys in order; `lines` are keys with their lines."""
    keys: list[str] = []
    file = bytearray()
    for key, line in lines:
        if keys and (len(keys) == MAX_REQUESTS_PER_FILE or len(file) + len(line) > MAX_FILE_BYTES):
            yield keys, bytes(file)
            keys, file = [], bytearray()
        keys.append(key)
        file += line
    if keys:
        yield keys, bytes(file)


def requests_by_key(file: bytes) -> dict[str, bytes]:
    """Return the lines of a request file by their keys, unread: most of a large file is never looked at again."""
    start = len(b'{"custom_id":"')
    return {line[start : line.index(b'"', start)].decode(): line for line in file.splitlines()}


def request_of(line: bytes) -> dict[str, Any]:
    """Return the body of a request line."""
    body: dict[str, Any] = json.loads(line)["body"]
    return body


def read_line(line: bytes, *, endpoint: str, model: str) -> BatchLine | None:
    """Read a line of an output or error file; None where it is no such line, or names no request."""
    try:
        value = json.loads(line)
        key = value["custom_id"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    if not isinstance(key, str):
        return None
    response = _mapping(value.get("response"))
    body = _mapping(response.get("body"))
    if response.get("status_code") == 200 and isinstance(body.get("choices"), list):
        return BatchLine(key, body)
    error = _LineError(response.get("status_code"), _mapping(body.get("error")) or _mapping(value.get("error")))
    return BatchLine(key, _result(error, endpoint, model))


def unanswered(batch_status: str) -> GaveUp:
    """Return what becomes of a request that no line speaks of, by the status with which its batch ended."""
    faults = {"expired": BatchFault.EXPIRED, "cancelled": BatchFault.CANCELLED}
    return GaveUp(faults.get(batch_status, BatchFault.NO_LINE), ChunkEvent.NOT_ANSWERED)


def failure_of(error: Exception, *, endpoint: str, model: str) -> ModelAccessError | Failure:
    """Return the failure that an error of the SDK, or of a line, stands for."""
    found = classified(error, endpoint=endpoint, model=model)
    return found.failure if isinstance(found, RequestFailedError) else found


class _LineError(Exception):
    """The error of a line, with the attributes that the SDK's own errors have."""

    def __init__(self, status_code: object, error: dict[str, Any]) -> None:
        super().__init__(error.get("message"))
        self.status_code = status_code if isinstance(status_code, int) else 500
        self.code, self.param = (_text(error.get(name)) for name in ("code", "param"))


def _result(error: _LineError, endpoint: str, model: str) -> GaveUp | ModelAccessError:
    if error.code in tuple(BatchFault):
        return GaveUp(error.code, ChunkEvent.NOT_ANSWERED)
    if error.status_code == 200:
        return GaveUp(Failure.NOT_A_COMPLETION, ChunkEvent.NOT_ANSWERED)
    failure = failure_of(error, endpoint=endpoint, model=model)
    if isinstance(failure, ModelAccessError):
        return failure
    later = RequestFailedError(failure).later_may_help
    return GaveUp(failure, ChunkEvent.NOT_ANSWERED if later else ChunkEvent.TRIES_USED_UP)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
