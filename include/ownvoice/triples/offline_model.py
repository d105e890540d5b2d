"""The offline model: a stand-in that speaks OpenAI's API on loopback and makes triples by rules.

For demonstrations and tests, where there is no key and no network; what it writes is no model's work.

Run as: python -m ownvoice.triples.offline_model --port 8321
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from aiohttp import web

from ownvoice.triples.offline_rules import offline_triples

OFFLINE_MODEL = "ownvoice-offline-stand-in"
OFFLINE_API_KEY = "offline"  # any key will do; none is refused, as elsewhere
_CHARS_PER_TOKEN = 4


class OfflineModel:
    """The stand-in, its address once it runs (`base_url`), and its own count of what it answered."""

    api_key = OFFLINE_API_KEY

    def __init__(self) -> None:
        self.base_url = ""
        self.requests_served = 0

    def app(self) -> web.Application:
        """Return the web application: models, chat completions, and `/stats` for tests."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/v1/models", self._models),
                web.post("/v1/chat/completions", self._chat_completions),
                web.get("/stats", self._stats),
            ]
        )
        return app

    async def _models(self, request: web.Request) -> web.Response:
        if not _has_key(request):
            return _no_key()
        model = {"id": OFFLINE_MODEL, "object": "model", "created": 0, "owned_by": "ownvoice"}
        return web.json_response({"object": "list", "data": [model]})

    async def _chat_completions(self, request: web.Request) -> web.Response:
        if not _has_key(request):
            return _no_key()
        try:
            body = await request.json()
            model, prompt = body["model"], body["messages"][-1]["content"]
            completion = completion_about(prompt, max_tokens=body.get("max_tokens"))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return error_response(400, "invalid_request_error", None, "This is not a chat completion request.")
        if model != OFFLINE_MODEL:
            return error_response(
                404, "invalid_request_error", "model_not_found", f"The model `{model}` does not exist."
            )
        self.requests_served += 1
        return web.json_response(completion)

    async def _stats(self, _: web.Request) -> web.Response:
        return web.json_response({"requests_served": self.requests_served})


def completion_about(prompt: str, *, max_tokens: int | None = None) -> dict[str, Any]:
    """Return the chat completion for `prompt`, whose chunk follows "Extract:"; cut off at `max_tokens`."""
    _, marker, chunk = prompt.partition("Extract:")
    triples = offline_triples(chunk.strip() if marker else prompt)
    answer = {"preference_triples": [asdict(triple) for triple in triples]}
    content = json.dumps(answer, ensure_ascii=False)
    finish_reason = "stop"
    if max_tokens is not None and len(content) > max_tokens * _CHARS_PER_TOKEN:
        content, finish_reason = content[: max_tokens * _CHARS_PER_TOKEN], "length"
    message = {"role": "assistant", "content": content, "refusal": None}
    prompt_tokens, completion_tokens = _tokens(prompt), _tokens(content)
    return {
        "id": f"chatcmpl-{hashlib.sha256(prompt.encode(errors='replace')).hexdigest()[:24]}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": OFFLINE_MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        },
    }


@contextlib.contextmanager
def running_offline_model() -> Iterator[OfflineModel]:
    """Run the stand-in on a free port of 127.0.0.1 in a thread of its own, for as long as the block lasts."""
    model = OfflineModel()
    with serving(model.app()) as address:
        model.base_url = f"{address}/v1"
        yield model


@contextlib.contextmanager
def serving(app: web.Application) -> Iterator[str]:
    """Serve `app` on a free port of 127.0.0.1 in a thread of its own; yield its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="offline-model", daemon=True)
    thread.start()
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    try:
        port = asyncio.run_coroutine_threadsafe(_listen(runner), loop).result()
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(runner: web.AppRunner) -> int:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


def error_response(status: int, kind: str, code: str | None, message: str) -> web.Response:
    """Return an error in OpenAI's form."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return web.json_response({"error": error}, status=status)


def _has_key(request: web.Request) -> bool:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return scheme == "Bearer" and bool(key.strip())


def _no_key() -> web.Response:
    return error_response(401, "invalid_request_error", "invalid_api_key", "There is no Bearer token.")


def _tokens(text: str) -> int:
    return -(-len(text) // _CHARS_PER_TOKEN)


def main() -> None:
    """Serve the stand-in until it is told to stop (SIGTERM or Ctrl-C)."""
    parser = argparse.ArgumentParser(description="Serve Ownvoice's offline model, a stand-in, on 127.0.0.1.")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    sentence = f"The offline model (a stand-in) answers at http://127.0.0.1:{port}/v1"
    web.run_app(
        OfflineModel().app(),
        host="127.0.0.1",
        port=port,
        print=lambda _: print(sentence, flush=True),
        access_log=None,
    )


if __name__ == "__main__":
    main()
