"""A local OpenAI-compatible server that does to each chunk what the chunk's own first line says, and keeps books.

A chunk "server_error good: the text" meets a 500 at its first request and a good answer at its second; the last
word holds for all further requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from ownvoice.offline_model.batches import OfflineBatchJobs, error_body, error_response
from ownvoice.offline_model.server import serving

TRIPLE = {"instruction": "Explain it.", "generated_answer": "It is so.", "extracted_answer": "So it is."}
_GOOD = json.dumps({"preference_triples": [TRIPLE]})
_TWO = json.dumps({"preference_triples": [TRIPLE, TRIPLE]})

# what stands in a completion: content, finish_reason, refusal
_COMPLETIONS: dict[str, tuple[str | None, str, str | None]] = {
    "good": (_GOOD, "stop", None),
    "truncated_after_one": (_TWO[:-30], "length", None),
    "truncated_at_once": (_GOOD[:40], "length", None),
    "bad_json": ("Here you are: certainly!", "stop", None),
    "wrong_shape": ('{"triples": 5}', "stop", None),
    "empty": ("", "stop", None),
    "refused": (None, "stop", "I cannot help with that."),
    "filtered": ("", "content_filter", None),
}

# status, type, code
_ERRORS: dict[str, tuple[int, str, str | None]] = {
    "bad_key": (401, "invalid_request_error", "invalid_api_key"),
    "forbidden": (403, "invalid_request_error", None),
    "unknown_model": (404, "invalid_request_error", "model_not_found"),
    "quota": (429, "insufficient_quota", "insufficient_quota"),
    "rate_limit": (429, "requests", "rate_limit_exceeded"),
    "too_long": (400, "invalid_request_error", "context_length_exceeded"),
    "bad_request": (400, "invalid_request_error", None),
    "unprocessable": (422, "invalid_request_error", None),
    "server_error": (500, "server_error", None),
    "overloaded": (503, "server_error", None),
}

_REFUSED_FIELDS = {"bad_temperature": "temperature", "bad_max_tokens": "max_tokens"}


class FaultyModel:
    """The server's address once it runs, and its books: every request body, and what each chunk met."""

    def __init__(self) -> None:
        self.base_url = ""
        self.bodies: list[dict[str, Any]] = []
        self.at_once = self.most_at_once = 0
        self.met: defaultdict[str, list[str]] = defaultdict(list)
        self.batches = OfflineBatchJobs(self._answer_line)
        self.drop_confirmations = 0

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._confirm])
        app.add_routes([web.post("/v1/chat/completions", self._answer), *self.batches.routes()])
        return app

    @web.middleware
    async def _confirm(self, request: web.Request, handler: Any) -> Any:
        """Let the confirmation of a batch that was taken on get lost, as often as `drop_confirmations` says."""
        response = await handler(request)
        if request.path == "/v1/batches" and request.method == "POST" and self.drop_confirmations:
            self.drop_confirmations -= 1
            assert request.transport is not None
            request.transport.abort()
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._scripted(request)
        finally:
            self.at_once -= 1

    async def _scripted(self, request: web.Request) -> web.StreamResponse:
        word = self._next_word(await request.json())
        if word in _COMPLETIONS:
            return web.json_response(_completion(*_COMPLETIONS[word]))
        if word in _ERRORS:
            return _error(word, request.headers["Authorization"])
        return await _misbehave(word, request)

    def _answer_line(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        word = self._next_word(body)
        if word in _COMPLETIONS:
            return 200, _completion(*_COMPLETIONS[word])
        if word in _REFUSED_FIELDS:
            return 400, _field_refused(word)
        status, kind, code = _ERRORS[word]
        return status, error_body(kind, code, word)

    def _next_word(self, body: dict[str, Any]) -> str:
        self.bodies.append(body)
        chunk = body["messages"][-1]["content"].partition("Extract:")[2].strip()
        script = chunk.partition(":")[0].split()
        word = script[min(len(self.met[chunk]), len(script) - 1)]
        self.met[chunk].append(word)
        return word


@contextlib.contextmanager
def running_faulty_model() -> Iterator[FaultyModel]:
    model = FaultyModel()
    with serving(model.app()) as address:
        model.base_url = f"{address}/v1"
        yield model


def _completion(content: str | None, finish_reason: str, refusal: str | None) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "faulty",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }


def _field_refused(word: str) -> dict[str, Any]:
    return {"error": {"message": "No", "type": "invalid_request_error", "param": _REFUSED_FIELDS[word]}}


def _error(word: str, authorization: str) -> web.Response:
    """Return an error that echoes the key, as careless gateways do."""
    status, kind, code = _ERRORS[word]
    response = error_response(status, kind, code, f"{word} for {authorization}")
    response.headers["Retry-After"] = "0.01"
    response.headers["x-ratelimit-limit-requests"] = "6000"
    return response


async def _trickle(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


async def _misbehave(word: str, request: web.Request) -> web.StreamResponse:
    match word:
        case "hanging":
            await asyncio.Event().wait()
        case "dropped":
            assert request.transport is not None
            request.transport.abort()
        case "trickling":
            return await _trickle(request)
        case "web_page":
            return web.Response(text="<html>Welcome</html>", content_type="text/html")
        case "error_as_answer":
            return web.json_response({"error": {"message": "upstream failed"}})
        case word if word in _REFUSED_FIELDS:
            return web.json_response(_field_refused(word), status=400)
        case "rate_limit_for_an_hour":
            return web.Response(status=429, headers={"Retry-After": "3600"})
        case "long_in_words":
            message = "This model's maximum context length is 4096 tokens."
            return web.json_response({"error": {"message": message, "code": 400}}, status=400)
    return web.Response(status=500)
