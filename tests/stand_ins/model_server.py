"""A stand-in for an OpenAI-compatible server, with switches for every fault that a provider has shown.

It is apart from the package's offline model on purpose: that one is a product, which always answers well and whose
answers are pairs to look at; this one is there to fail, and keeps totals by which a client is judged.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from ownvoice.offline_model.batch_jobs import OfflineBatchJobs
from ownvoice.offline_model.server import OFFLINE_API_KEY, completion_about, serving
from stand_ins.broken_content import break_content
from stand_ins.endpoint_errors import ENDPOINT_ERRORS, EndpointError
from stand_ins.model_behaviour import Behaviour, RequestRate, chunk_of, fate_of
from stand_ins.model_fates import BILLED, KEPT, completion, drop, error, is_error, misbehave
from stand_ins.planted_judges import planted_answer
from stand_ins.rewording_model import reworded_answer


@dataclass
class Totals:
    """What the server has seen since its start or its last reset.

    fewest_billed: the fewest billed answers with which each chunk could have been kept
    kept_chunks: chunks that got a good answer
    outcomes: requests by fate; "outage" is one of them
    latencies_s: of each request that was not refused, in the order of arrival; infinite where it hangs
    """

    requests: int = 0
    refused: int = 0
    billed: int = 0
    fewest_billed: int = 0
    billed_tokens: int = 0
    kept_chunks: int = 0
    most_at_once: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)


class ModelServer:
    """The server, its address once it runs (`base_url`), and its records.

    bodies: every chat completion request, in the order of arrival
    met: the fates that each chunk has met
    batches: its batch API
    drop_confirmations: how many of the next created batches are not confirmed, the connection closed instead
    """

    api_key = OFFLINE_API_KEY  # any key will do

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.base_url = ""
        self.drop_confirmations = 0
        self.batch_jobs = OfflineBatchJobs(self._answer_line)
        self.reset(behaviour or Behaviour())

    def reset(self, behaviour: Behaviour) -> None:
        """Behave like this from now on, with empty records."""
        self.behaviour = behaviour
        self.totals = Totals()
        self.bodies: list[dict[str, Any]] = []
        self.met: defaultdict[str, list[str]] = defaultdict(list)
        self._rate = RequestRate(behaviour.requests_per_minute)
        self._slots = asyncio.Semaphore(behaviour.slots)
        self._open: set[asyncio.Task[Any]] = set()
        self._kept: set[str] = set()
        self._first_at: float | None = None

    def app(self) -> web.Application:
        """Return the web application: chat completions, files and batches."""
        app = web.Application(client_max_size=256 << 20, middlewares=[self._lose_confirmation])
        app.add_routes([web.post("/v1/chat/completions", self._chat_completions), *self.batch_jobs.routes()])
        return app

    @web.middleware
    async def _lose_confirmation(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        if request.path == "/v1/batches" and request.method == "POST" and self.drop_confirmations:
            self.drop_confirmations -= 1
            return drop(request)
        return response

    async def _chat_completions(self, request: web.Request) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            return await self._admit(request)
        finally:
            self._open.discard(task)

    async def _admit(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        totals, at_once = self.totals, len(self._open)
        totals.requests += 1
        totals.most_at_once = max(totals.most_at_once, at_once)
        if self._is_out():
            totals.outcomes["outage"] += 1
            return drop(request)
        if self.behaviour.queues:
            async with self._slots:
                return await self._serve(request, body)
        if at_once > self.behaviour.slots or not self._rate.take():
            totals.refused += 1
            return web.Response(status=429, headers=self._limit_headers() | self._wait_headers())
        return await self._serve(request, body)

    async def _serve(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        fate, latency_s = self._next_fate(body)
        if recorded := self._recorded(body):
            key = request.headers.get("Authorization", "").removeprefix("Bearer ")
            return web.json_response(recorded.body_for(key), status=recorded.status, headers=recorded.headers)
        self.totals.latencies_s.append(math.inf if fate == "hanging" else latency_s)
        if fate == "hanging":
            return await misbehave(fate, request)
        await asyncio.sleep(latency_s)
        if self._is_out():
            return drop(request)
        if fate in BILLED:
            return web.json_response(self._bill(fate, body), headers=self._limit_headers())
        if is_error(fate):
            return self._error_response(fate, request.headers.get("Authorization", ""))
        return await misbehave(fate, request)

    def _answer_line(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer a request of a batch: there is no connection, so that what misbehaves there is an error here."""
        fate, _ = self._next_fate(body)
        if recorded := self._recorded(body):
            return recorded.status, recorded.body_for("key")
        if fate in BILLED:
            return 200, self._bill(fate, body)
        return error(fate if is_error(fate) else "server_error")

    def _next_fate(self, body: dict[str, Any]) -> tuple[str, float]:
        self.bodies.append(body)
        prompt = body["messages"][-1]["content"]
        met = self.met[chunk_of(prompt)]
        fate, latency_s = fate_of(self.behaviour, prompt, len(met))
        met.append(fate)
        self.totals.outcomes[fate] += 1
        return fate, latency_s

    def _recorded(self, body: dict[str, Any]) -> EndpointError | None:
        """Return the recorded error that this request meets, if the server behaves like that."""
        behaviour = self.behaviour
        meets = behaviour.like and behaviour.like_where in body["messages"][-1]["content"]
        return ENDPOINT_ERRORS[behaviour.like] if meets else None

    def _bill(self, fate: str, body: dict[str, Any]) -> dict[str, Any]:
        behaviour, totals, prompt = self.behaviour, self.totals, body["messages"][-1]["content"]
        if behaviour.offline_answers and fate in KEPT:
            answer = completion_about(prompt, model=body["model"], max_tokens=body.get("max_tokens"))
            break_content(answer, behaviour.breaks)
        else:
            answer = completion(fate, behaviour.prompt_tokens, behaviour.completion_tokens)
        if fate in KEPT and (said := planted_answer(body) or reworded_answer(body)) is not None:
            answer["choices"][0]["message"]["content"], answer["model"] = said, body["model"]
        totals.billed += 1
        totals.billed_tokens += answer["usage"]["total_tokens"]
        totals.fewest_billed += chunk_of(prompt) not in self._kept
        if fate in KEPT:
            self._kept.add(chunk_of(prompt))
            totals.kept_chunks = len(self._kept)
        return answer

    def _error_response(self, fate: str, authorization: str) -> web.Response:
        """Return an error that echoes the key, as careless gateways do."""
        status, body = error(fate, f" for {authorization}")
        limits = {"x-ratelimit-limit-requests": "6000"} if fate == "rate_limit" else {}
        return web.json_response(body, status=status, headers=limits | self._wait_headers())

    def _is_out(self) -> bool:
        now = time.monotonic()
        self._first_at = self._first_at or now
        return 0 <= now - self._first_at - self.behaviour.outage_at_s < self.behaviour.outage_s

    def _limit_headers(self) -> dict[str, str]:
        if not self.behaviour.requests_per_minute:
            return {}
        limit = f"{self.behaviour.requests_per_minute:.0f}"
        return {"x-ratelimit-limit-requests": limit, "x-ratelimit-reset-requests": "1s"}

    def _wait_headers(self) -> dict[str, str]:
        wait_s = self.behaviour.retry_after_s
        return {"Retry-After": f"{wait_s}"} if wait_s else {}


@contextlib.contextmanager
def running_model_server(behaviour: Behaviour | None = None) -> Iterator[ModelServer]:
    """Run the server in a thread of this process, for as long as the block lasts."""
    model = ModelServer(behaviour)
    with serving(model.app()) as address:
        model.base_url = f"{address}/v1"
        yield model
