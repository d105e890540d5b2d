"""The files of the batch API, in JSON Lines: requests go in, answers and failures come out. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from ownvoice.errors import ModelAccessError
from ownvoice.llm.failures import Failure, FieldRefusedError, NoAnswer, classified
from ownvoice.llm.json_values import mapping
from ownvoice.llm.providers import openai
from ownvoice.llm.providers.provider import NOTHING_TOLD, ErrorDetails
from ownvoice.llm.request import RequestBody
from ownvoice.llm.request_form import RequestForm
from ownvoice.llm.response import MAX_RESPONSE_BYTES

_CUSTOM_ID = re.compile(rb'"custom_id"\s*:\s*"([0-9a-f]{64})"')
_SEARCHED_BYTES = 4096
_OF_REASONING_MODELS = RequestForm(frozenset({"max_tokens"}))
_SET_FOR_BATCHES = {
    "max_tokens": "A batch job asks for max_completion_tokens where the recipe has a reasoning_effort.",
    "temperature": "Leave the recipe's temperature empty.",
}
"""What a person sets where a model takes a field in another form, which realtime mode finds out by itself."""

MAX_REQUESTS_PER_FILE = 50_000
MAX_FILE_BYTES = 200_000_000
"""The limits of OpenAI for one batch job; other endpoints have adopted both."""

ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
AZURE_ENDPOINT = "/chat/completions"
"""What a job and each of its lines name as the address of the requests; Azure's resources have it without a version."""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A line of an output or error file: the response, a failure, or an error that holds for every request.

    `told` is what the endpoint said of a failure.
    """

    request_key: str
    result: dict[str, Any] | NoAnswer | ModelAccessError
    told: ErrorDetails = field(default=NOTHING_TOLD, compare=False)


def request_line(request_key: str, body: Mapping[str, Any], url: str = ENDPOINT) -> bytes:
    """Return the line of a request; its `custom_id` is the request key.

    A batch job cannot find out which form a model takes. One that is asked for an effort is a reasoning model, and
    those take `max_completion_tokens`.
    """
    if "reasoning_effort" in body:
        body = _OF_REASONING_MODELS.body(body)
    line = {"custom_id": request_key, "method": "POST", "url": url, "body": body}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def request_files(lines: Iterable[tuple[str, bytes]]) -> Iterator[tuple[list[str], bytes]]:
    """Yield files within both limits, each with its request keys in order; `lines` are pairs of key and line."""
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
    """Return the lines of a request file by their keys, not parsed: most of them are never needed again."""
    start = len(b'{"custom_id":"')
    return {line[start : line.index(b'"', start)].decode(): line for line in file.splitlines()}


def request_of(line: bytes) -> RequestBody:
    """Return the body of a request line as the recipe has it."""
    body = json.loads(line)["body"]
    if "max_completion_tokens" in body:
        body["max_tokens"] = body.pop("max_completion_tokens")
    return cast(RequestBody, body)


def read_line(line: bytes, *, endpoint: str, model: str) -> BatchLine | None:
    """Read a line of an output or error file; None where it is malformed or names no request."""
    try:
        value = json.loads(line)
        key = value["custom_id"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return _unreadable(line)
    if not isinstance(key, str):
        return None
    response = mapping(value.get("response"))
    status, body = response.get("status_code"), response.get("body")
    if isinstance(body, dict) and ((status == 200 and openai.is_completion(body)) or openai.is_rejected_answer(body)):
        return BatchLine(key, body)
    return BatchLine(key, *_failed(status, body or value, endpoint, model))


def _unreadable(line: bytes) -> BatchLine | None:
    """Return the failure of a line that is no JSON, where it names its request near its beginning."""
    key = _CUSTOM_ID.search(line[:_SEARCHED_BYTES])
    too_long = len(line) > MAX_RESPONSE_BYTES
    failure = Failure.RESPONSE_TOO_LONG if too_long else Failure.NOT_A_COMPLETION
    return BatchLine(key[1].decode(), NoAnswer.after(failure)) if key else None


def no_answer_after(job_status: str) -> NoAnswer:
    """Return why a request that is in no line has no answer, by the status with which its batch job ended."""
    failures = {"expired": Failure.BATCH_EXPIRED, "cancelled": Failure.BATCH_CANCELLED}
    return NoAnswer.after(failures.get(job_status, Failure.BATCH_LINE_MISSING))


def _failed(
    status: object, answer: object, endpoint: str, model: str
) -> tuple[NoAnswer | ModelAccessError, ErrorDetails]:
    code = mapping(mapping(answer).get("error")).get("code")
    if code in (Failure.BATCH_EXPIRED, Failure.BATCH_CANCELLED):
        return NoAnswer.after(Failure(code)), NOTHING_TOLD
    known_status = openai.status_within(answer) if status == 200 else status
    if known_status is None and status == 200:
        return NoAnswer.after(Failure.NOT_A_COMPLETION), NOTHING_TOLD
    if not isinstance(known_status, int) or known_status < 400:
        known_status = 500
    told = openai.read_error(known_status, answer)
    failure = classified(known_status, told, endpoint=endpoint, model=model)
    if isinstance(failure, FieldRefusedError) and failure.unsupported and failure.field in _SET_FOR_BATCHES:
        failure = FieldRefusedError(f"{failure} {_SET_FOR_BATCHES[failure.field]}", told)
    return failure if isinstance(failure, ModelAccessError) else NoAnswer.after(failure, told.words), told
