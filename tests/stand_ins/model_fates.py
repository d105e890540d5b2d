"""The fates that a request can meet at the stand-in model server: one word each, as a test writes it into a chunk."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from ownvoice.offline_model.batch_jobs import error_body
from stand_ins.model_shapes import GOOD_SHAPES, REJECTED_SHAPES, UNUSABLE_SHAPES

_TRIPLE = {
    "instruction": "How would you explain this to somebody who starts tomorrow?",
    "generated_answer": "It is essential to note that this is a multifaceted matter. " * 6,
    "extracted_answer": "An honest sentence about nothing at all. " * 6,
}
_GOOD = json.dumps({"preference_triples": [_TRIPLE]})
_TWO = json.dumps({"preference_triples": [_TRIPLE, _TRIPLE]})
_FIVE = json.dumps({"preference_triples": [_TRIPLE] * 5})

# Answers that a provider bills: message, finish_reason.
_COMPLETIONS: dict[str, tuple[dict[str, Any], str]] = {
    "good": ({"content": _GOOD}, "stop"),
    "five_triples": ({"content": _FIVE}, "stop"),
    "truncated_after_one": ({"content": _TWO[:-30]}, "length"),
    "truncated": ({"content": _GOOD[:40]}, "length"),
    "bad_json": ({"content": "Here you are: certainly!"}, "stop"),
    "wrong_shape": ({"content": '{"triples": 5}'}, "stop"),
    "empty": ({"content": ""}, "stop"),
    "refused": ({"content": None, "refusal": "I cannot help with that."}, "stop"),
    "filtered": ({"content": ""}, "content_filter"),
    **{name: (message, "stop") for name, message in GOOD_SHAPES.items()},
    **UNUSABLE_SHAPES,
}

# Errors with a body in OpenAI's form: HTTP status, type, code, the parameter that is to blame.
_ERRORS: dict[str, tuple[int, str, str | None, str | None]] = {
    "bad_key": (401, "invalid_request_error", "invalid_api_key", None),
    "forbidden": (403, "invalid_request_error", None, None),
    "unknown_model": (404, "invalid_request_error", "model_not_found", None),
    "quota": (429, "insufficient_quota", "insufficient_quota", None),
    "rate_limit": (429, "requests", "rate_limit_exceeded", None),
    "too_long": (400, "invalid_request_error", "context_length_exceeded", None),
    "bad_request": (400, "invalid_request_error", None, None),
    "bad_temperature": (400, "invalid_request_error", None, "temperature"),
    "bad_max_tokens": (400, "invalid_request_error", None, "max_tokens"),
    **dict.fromkeys(REJECTED_SHAPES, (400, "invalid_request_error", "json_validate_failed", None)),
    "unprocessable": (422, "invalid_request_error", None, None),
    "server_error": (500, "server_error", None, None),
    "overloaded": (503, "server_error", None, None),
}

# Behaviour outside the API, each a case of `misbehave`.
_MISBEHAVIOUR = (
    "hanging",
    "dropped",
    "trickling",
    "web_page",
    "error_as_answer",
    "rate_limit_for_an_hour",
    "long_in_words",
)

FATES = frozenset((*_COMPLETIONS, *_ERRORS, *_MISBEHAVIOUR))
BILLED = frozenset(_COMPLETIONS)
KEPT = frozenset({"good", "five_triples", *GOOD_SHAPES})
"""The fates after which a chunk needs no further answer."""


def completion(fate: str, prompt_tokens: int, completion_tokens: int) -> dict[str, Any]:
    """Return the chat completion of a fate in `BILLED`."""
    message, finish_reason = _COMPLETIONS[fate]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "stand-in",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "refusal": None, **message},
                "finish_reason": finish_reason,
            }
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        },
    }


def error(fate: str, detail: str = "") -> tuple[int, dict[str, Any]]:
    """Return HTTP status and body of an error; `detail` follows in its message."""
    status, kind, code, param = _ERRORS[fate]
    body = error_body(kind, code, f"{fate}{detail}")
    body["error"]["param"] = param
    if fate in REJECTED_SHAPES:
        body["error"]["failed_generation"] = REJECTED_SHAPES[fate]
    return status, body


def is_error(fate: str) -> bool:
    """Say whether `error` knows the fate."""
    return fate in _ERRORS


async def misbehave(fate: str, request: web.Request) -> web.StreamResponse:
    """Answer outside the API, or not at all."""
    match fate:
        case "hanging":
            await asyncio.Event().wait()
        case "trickling":
            return await _trickle(request)
        case "web_page":
            return web.Response(text="<html>Welcome</html>", content_type="text/html")
        case "error_as_answer":
            return web.json_response({"error": {"message": "upstream failed"}})
        case "rate_limit_for_an_hour":
            return web.Response(status=429, headers={"Retry-After": "3600"})
        case "long_in_words":
            message = "This model's maximum context length is 4096 tokens."
            return web.json_response({"error": {"message": message, "code": 400}}, status=400)
    return drop(request)


def drop(request: web.Request) -> web.Response:
    """Close the connection without an answer; the response only satisfies the handler's type."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _trickle(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)
