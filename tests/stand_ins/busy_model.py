"""A busy OpenAI-compatible server in a process of its own: latency, slots, a rate limit, faults, an outage, and books.

What happens to a request follows from its chunk and from how often that chunk has been asked about, so that every
client meets the same. `GET /books` tells what was asked, refused and billed; a client is judged by that alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

_TRIPLE = {
    "instruction": "How would you explain this to somebody who starts tomorrow?",
    "generated_answer": "It is essential to note that this is a multifaceted matter. " * 6,
    "extracted_answer": "An honest sentence about nothing at all. " * 6,
}
_GOOD = json.dumps({"preference_triples": [_TRIPLE] * 5})

# content and finish reason of the answers that are billed
_ANSWERS = {
    "good": (_GOOD, "stop"),
    "bad_json": ("Certainly! Here are five triples.", "stop"),
    "truncated": (_GOOD[:200], "length"),
    "empty": ("", "stop"),
}


@dataclass
class Habits:
    """How the server behaves. `faults` are shares of requests: bad_json, truncated, empty, server_error, ..."""

    median_s: float = 1.0
    sigma: float = 0.4
    slots: int = 256
    requests_per_minute: float = 0.0
    retry_after_s: float = 1.0
    faults: dict[str, float] = field(default_factory=dict)
    outage_at_s: float = 0.0
    outage_s: float = 0.0
    completion_tokens: int = 900


@dataclass
class Books:
    """What the server has seen. `floor` is the fewest billed answers with which each chunk could have been kept."""

    requests: int = 0
    refused: int = 0
    billed: int = 0
    floor: int = 0
    billed_tokens: int = 0
    kept_chunks: int = 0
    most_at_once: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    holds_s: list[float] = field(default_factory=list)


class BusyModel:
    """The server; `base_url` is known to its process only through `running_busy_model`."""

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._open: set[asyncio.Task[Any]] = set()
        self._reset()

    def _reset(self) -> None:
        self.books = Books()
        self._asked: Counter[str] = Counter()
        self._kept: set[str] = set()
        self._credit = self._burst = self._habits.requests_per_minute / 60
        self._credit_at = time.monotonic()
        self._first_at: float | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._chat_completions),
                web.get("/books", self._tell_books),
                web.post("/reset", self._start_afresh),
            ]
        )
        return app

    async def _tell_books(self, _: web.Request) -> web.Response:
        return web.json_response(vars(self.books))

    async def _start_afresh(self, request: web.Request) -> web.Response:
        self._habits = Habits(**await request.json())
        self._reset()
        return web.Response()

    async def _chat_completions(self, request: web.Request) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            return await self._answer(request)
        finally:
            self._open.discard(task)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        books, now = self.books, time.monotonic()
        self._first_at = self._first_at or now
        prompt = (await request.read()).decode()
        books.requests += 1
        books.most_at_once = max(books.most_at_once, len(self._open))
        if self._is_out(now):
            books.outcomes["outage"] += 1
            return self._dropped(request)
        if len(self._open) > self._habits.slots or not self._within_rate(now):
            books.refused += 1
            rest = {"Retry-After": f"{self._habits.retry_after_s}"} if self._habits.retry_after_s else {}
            return web.Response(status=429, headers=self._limits() | rest)
        return await self._served(request, prompt)

    async def _served(self, request: web.Request, prompt: str) -> web.StreamResponse:
        chunk = prompt.partition("Extract:")[2].partition('"')[0]
        self._asked[chunk] += 1
        # hashlib and not hash(): the same in every process
        chance = Random(hashlib.sha256(f"{chunk}{self._asked[chunk]}".encode()).digest())
        fate, hold_s = self._fate(chance), chance.lognormvariate(0, self._habits.sigma) * self._habits.median_s
        books = self.books
        books.outcomes[fate] += 1
        if fate == "hanging":
            await asyncio.Event().wait()
        books.holds_s.append(hold_s)
        await asyncio.sleep(hold_s)
        if fate == "dropped" or self._is_out(time.monotonic()):
            return self._dropped(request)
        if fate == "server_error":
            return web.Response(status=500)
        return self._bill(chunk, prompt, fate)

    def _fate(self, chance: Random) -> str:
        drawn, upto = chance.random(), 0.0
        for name, share in self._habits.faults.items():
            upto += share
            if drawn < upto:
                return name
        return "good"

    def _bill(self, chunk: str, prompt: str, fate: str) -> web.Response:
        content, finish_reason = _ANSWERS[fate]
        prompt_tokens, completion_tokens = len(prompt) // 4, self._habits.completion_tokens
        books = self.books
        books.billed += 1
        books.billed_tokens += prompt_tokens + completion_tokens
        books.floor += chunk not in self._kept
        if fate == "good":
            self._kept.add(chunk)
            books.kept_chunks = len(self._kept)
        message = {"role": "assistant", "content": content, "refusal": None}
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": "busy",
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
                "total_tokens": prompt_tokens + completion_tokens,
            },
        }
        return web.json_response(completion, headers=self._limits())

    def _is_out(self, now: float) -> bool:
        since = now - (self._first_at or now) - self._habits.outage_at_s
        return 0 <= since < self._habits.outage_s

    def _within_rate(self, now: float) -> bool:
        """Whether the bucket, which holds the requests of one second, has one left."""
        if not self._burst:
            return True
        self._credit = min(self._burst, self._credit + (now - self._credit_at) * self._burst)
        self._credit_at = now
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

    def _limits(self) -> dict[str, str]:
        if not self._burst:
            return {}
        limit = f"{self._habits.requests_per_minute:.0f}"
        return {"x-ratelimit-limit-requests": limit, "x-ratelimit-reset-requests": "1s"}

    @staticmethod
    def _dropped(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)


@dataclass(frozen=True)
class RunningModel:
    """A server that runs: where it is, its books, and how to give it other habits and empty books."""

    base_url: str

    def books(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.base_url.replace("/v1", "/books")) as answer:
            return dict(json.load(answer))

    def reset(self, habits: Habits) -> None:
        data = json.dumps(asdict(habits)).encode()
        request = urllib.request.Request(self.base_url.replace("/v1", "/reset"), data, method="POST")
        urllib.request.urlopen(request).close()


@contextlib.contextmanager
def running_busy_model(habits: Habits | None = None) -> Iterator[RunningModel]:
    """Run the server in a process of its own, for as long as the block lasts."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent)
    assert process.stdout is not None
    try:
        model = RunningModel(process.stdout.readline().strip())
        model.reset(habits or Habits())
        yield model
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def main() -> None:
    """Serve on a free port of 127.0.0.1, and say its address first."""
    runner = web.AppRunner(BusyModel(Habits()).app(), access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/v1", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
