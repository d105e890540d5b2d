"""The server of the offline model: OpenAI's API on loopback, answered by rules instead of a model.

It needs no key and no network. What it writes is not a model's work.

Run as: python -m ownvoice.offline_model.server --port 8321
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from aiohttp import web

from ownvoice.offline_model.batch_jobs import OfflineBatchJobs, error_body, error_response
from ownvoice.offline_model.further import offline_further
from ownvoice.offline_model.judging import offline_judgement
from ownvoice.offline_model.rules import offline_answer, offline_triples
from ownvoice.triples.prompts import CONTENT_KINDS, INSTRUCTION_KINDS
from ownvoice.triples.request import KIND_FIELD, TRIPLE_FIELDS

OFFLINE_MODEL = "ownvoice-offline-stand-in"
"""Its name. Each name that begins with it is another model, whose answers are worded differently."""

OFFLINE_API_KEY = "offline"  # any key is accepted, and a request without one refused
_CHARS_PER_TOKEN = 4
_MAX_UPLOAD_BYTES = 256 << 20


class OfflineModel:
    """The server: its address once it runs (`base_url`), and how many requests it has answered, in all and by model.

    A prompt longer than `context_chars` is refused as too long. A request is counted when it arrives, and answered
    `answer_time_s` later.
    """

    api_key = OFFLINE_API_KEY

    def __init__(self) -> None:
        self.base_url = ""
        self.requests_served = 0
        self.context_chars = 1_000_000
        self.answer_time_s = 0.0
        self.served: Counter[str] = Counter()
        self.batch_jobs = OfflineBatchJobs(self._answer)

    def app(self) -> web.Application:
        """Return the web application: models, chat completions, files, batch jobs, and `/stats` for tests."""
        app = web.Application(client_max_size=_MAX_UPLOAD_BYTES, middlewares=[_require_key])
        app.add_routes(
            [
                web.get("/v1/models", self._models),
                web.post("/v1/chat/completions", self._chat_completions),
                web.get("/stats", self._stats),
                *self.batch_jobs.routes(),
            ]
        )
        return app

    async def _models(self, _: web.Request) -> web.Response:
        model = {"id": OFFLINE_MODEL, "object": "model", "created": 0, "owned_by": "ownvoice"}
        return web.json_response({"object": "list", "data": [model]})

    async def _chat_completions(self, request: web.Request) -> web.Response:
        try:
            body = await request.json()
        except ValueError:
            body = None
        status, answer = self._answer(body)
        await asyncio.sleep(self.answer_time_s)
        return web.json_response(answer, status=status)

    def _answer(self, body: Any) -> tuple[int, dict[str, Any]]:
        """Return status and body of the response to a chat completions request, and count it."""
        try:
            model, prompt = body["model"], body["messages"][-1]["content"]
            seed = body.get("seed")
            completion = completion_about(prompt, model=model, max_tokens=body.get("max_tokens"), seed=seed)
        except (KeyError, IndexError, TypeError, AttributeError):
            return 400, error_body("invalid_request_error", None, "This is not a chat completion request.")
        if not model.startswith(OFFLINE_MODEL):
            return 404, error_body("invalid_request_error", "model_not_found", f"The model `{model}` does not exist.")
        if len(prompt) > self.context_chars:
            return 400, error_body("invalid_request_error", "context_length_exceeded", "The prompt is too long.")
        self.requests_served += 1
        self.served[model] += 1
        return 200, completion

    async def _stats(self, _: web.Request) -> web.Response:
        return web.json_response({"requests_served": self.requests_served})


def completion_about(
    prompt: str, *, model: str = OFFLINE_MODEL, max_tokens: int | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Return the chat completion for `prompt`, cut off at `max_tokens`; each `seed` words it differently.

    It holds a further prompt, or whether one is answered, where a passage stands between the marks of such a request,
    and a verdict where two answers stand between those of a judge's; triples where a chunk follows "Extract:", with
    kinds if the prompt asks for them, and a plain answer otherwise.
    """
    voice = model.removeprefix(OFFLINE_MODEL) + ("" if seed is None else f" {seed}")
    content = offline_further(prompt) or offline_judgement(prompt) or _triples_or_answer(prompt, voice)
    finish_reason = "stop"
    if max_tokens is not None and len(content) > max_tokens * _CHARS_PER_TOKEN:
        content, finish_reason = content[: max_tokens * _CHARS_PER_TOKEN], "length"
    message = {"role": "assistant", "content": content, "refusal": None}
    prompt_tokens, completion_tokens = _tokens(prompt), _tokens(content)
    return {
        "id": f"chatcmpl-{hashlib.sha256(f'{model} {prompt}'.encode(errors='replace')).hexdigest()[:24]}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        },
    }


def _triples_or_answer(prompt: str, voice: str) -> str:
    asked, marker, chunk = prompt.partition("Extract:")
    kinds = [kind for kind in (*CONTENT_KINDS, *INSTRUCTION_KINDS) if f"- {kind}: " in asked]
    return _triples_about(chunk.strip(), voice, kinds) if marker else offline_answer(prompt, voice)


def _triples_about(chunk: str, voice: str, kinds: Sequence[str]) -> str:
    triples = [asdict(triple) for triple in offline_triples(chunk, voice, kinds)]
    fields = (*TRIPLE_FIELDS, KIND_FIELD) if kinds else TRIPLE_FIELDS
    answer = {"preference_triples": [{name: triple[name] for name in fields} for triple in triples]}
    return json.dumps(answer, ensure_ascii=False)


@contextlib.contextmanager
def running_offline_model() -> Iterator[OfflineModel]:
    """Run the server on a free port of 127.0.0.1, in its own thread, until the block ends."""
    model = OfflineModel()
    with serving(model.app()) as address:
        model.base_url = f"{address}/v1"
        yield model


@contextlib.contextmanager
def serving(app: web.Application) -> Iterator[str]:
    """Serve `app` on a free port of 127.0.0.1, in its own thread, until the block ends; yield its address."""
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


@web.middleware
async def _require_key(request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]) -> Any:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if request.path.startswith("/v1/") and (scheme != "Bearer" or not key.strip()):
        return error_response(401, "invalid_request_error", "invalid_api_key", "There is no Bearer token.")
    return await handler(request)


def _tokens(text: str) -> int:
    return -(-len(text) // _CHARS_PER_TOKEN)


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve Ownvoice's offline model, a stand-in.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; in a container 0.0.0.0")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    sentence = f"The offline model (a stand-in) answers at http://{options.host}:{options.port}/v1"
    web.run_app(
        OfflineModel().app(),
        host=options.host,
        port=options.port,
        print=lambda _: print(sentence, flush=True),
        access_log=None,
    )


if __name__ == "__main__":
    main()
