"""The offline model on a bad day: some chunks meet faults before their answer, and a few never get a usable one."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from ownvoice.offline_model.batches import error_response
from ownvoice.offline_model.server import OfflineModel, serving

# Of a hundred chunks so many meet these faults, one a request, before they are answered; the last word of a script
# that ends in a fault holds for ever.
_SCRIPTS: list[tuple[int, tuple[str, ...]]] = [
    (7, ("rate_limit", "good")),
    (3, ("rate_limit", "rate_limit", "server_error", "good")),
    (4, ("server_error", "good")),
    (4, ("bad_json", "good")),
    (2, ("truncated", "good")),
    (3, ("empty",)),
]
_STATUS = {"rate_limit": 429, "server_error": 503}
_CONTENT = {
    "bad_json": ("Certainly! Here you are.", "stop"),
    "truncated": ('{"preference_tr', "length"),
    "empty": ("", "stop"),
}


class FlakyModel(OfflineModel):
    """`faults` says how many times as many chunks as usual meet one."""

    def __init__(self, faults: float = 1.0, latency_s: float = 0.0) -> None:
        super().__init__()
        self.faults = faults
        self.latency_s = latency_s
        self._met: Counter[str] = Counter()

    async def _chat_completions(self, request: web.Request) -> web.Response:
        body = await request.json()
        prompt = body["messages"][-1]["content"]
        word = self._next_word(prompt)
        await asyncio.sleep(self.latency_s * (0.5 + _chance(prompt) / 100))
        if word in _STATUS:
            return error_response(_STATUS[word], "requests", None, word)
        if word in _CONTENT:
            return web.json_response(_completion(*_CONTENT[word]))
        return await super()._chat_completions(request)

    def _next_word(self, prompt: str) -> str:
        script = self._script(prompt)
        met = self._met[prompt]
        self._met[prompt] += 1
        return script[min(met, len(script) - 1)]

    def _script(self, prompt: str) -> tuple[str, ...]:
        place = float(_chance(prompt))
        for share, script in _SCRIPTS:
            place -= share * self.faults
            if place < 0:
                return script
        return ("good",)


@contextlib.contextmanager
def running_flaky_model(faults: float = 1.0, latency_s: float = 0.0) -> Iterator[FlakyModel]:
    model = FlakyModel(faults, latency_s)
    with serving(model.app()) as address:
        model.base_url = f"{address}/v1"
        yield model


def _chance(prompt: str) -> int:
    """Return a number below a hundred that is the prompt's own."""
    return int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4]) % 100


def _completion(content: str, finish_reason: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "flaky",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 20, "total_tokens": 420},
    }
