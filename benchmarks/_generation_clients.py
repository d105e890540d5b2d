"""The clients of `generation.py`, each run in a process of its own so that its CPU and memory are its own.

Run as: python benchmarks/_generation_clients.py CLIENT BASE_URL CHUNKS [OPTIONS AS JSON]

Prints one JSON object: seconds, kept answers, CPU milliseconds a request (past the first quarter of the chunks, so
that start-up does not count) and the peak of resident memory.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.providers import openai as openai_wire
from ownvoice.llm.request import request_key
from ownvoice.llm.workers import ask_chunks
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.triples.generate import generate_batch
from ownvoice.triples.parse import parse_answer
from ownvoice.triples.request import request_body
from stand_ins.planned_night import RUN_ID, chunk_text, plan_night

RECIPE = GenerationRecipe()
KEPT = (ChunkEvent.ANSWER_ARRIVED, ChunkEvent.STORED_ANSWER_FOUND)


class Meter:
    """Counts chunks and kept answers, and reads the process's CPU at the first quarter and at the end."""

    def __init__(self, chunks: int) -> None:
        self._chunks = chunks
        self._settled = self.kept = 0
        self._started = time.perf_counter()
        self._cpu_at_quarter = cpu_s()

    def count(self, kept: bool) -> None:
        """Count one chunk."""
        self._settled += 1
        self.kept += kept
        if self._settled == self._chunks // 4:
            self._cpu_at_quarter = cpu_s()

    def result(self) -> dict[str, Any]:
        """Return what was measured."""
        past_quarter = self._settled - self._chunks // 4
        return {
            "seconds": time.perf_counter() - self._started,
            "kept": self.kept,
            "cpu_ms": 1000 * (cpu_s() - self._cpu_at_quarter) / max(1, past_quarter),
            "peak_mb": peak_mb(),
        }


def cpu_s() -> float:
    """Return the CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """Return the peak of resident memory, as the kernel counts it since the program started."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def bodies(chunks: int) -> Iterator[dict[str, Any]]:
    """Return one request for each of so many different chunks."""
    return (request_body(RECIPE, chunk_text(number)) for number in range(chunks))


class Forgetful:
    """Stands in the place of the answer store and keeps nothing."""

    async def get(self, key: str, attempt: int) -> None:
        """Know nothing."""

    async def put(self, key: str, attempt: int, record: dict[str, Any]) -> dict[str, Any]:
        """Take the answer and forget it."""
        return record


def ours(base_url: str, chunks: int, *, store: bool = True, **limits: Any) -> dict[str, Any]:
    """Ask about the chunks as a task does; every answer is stored unless `store` is false."""
    import openai  # noqa: F401 - as for the others, loading it is not measured

    meter = Meter(chunks)
    asks = (
        ChunkRequest("article", number, request_key(body), body, read=parse_answer)
        for number, body in enumerate(bodies(chunks))
    )
    access = ModelAccess(base_url, "key", **limits)
    with tempfile.TemporaryDirectory() as folder:
        answers = AnswerStore(ObjectStore(Path(folder).as_uri())) if store else Forgetful()
        asyncio.run(ask_chunks(asks, answers, access, lambda outcome: meter.count(outcome.event in KEPT)))  # type: ignore[arg-type]
        return meter.result()


def thread_pool(base_url: str, chunks: int, *, threads: int) -> dict[str, Any]:
    """Ask as chapter 6 does: a pool of threads, the SDK's client as it comes, `json.loads`; a fault ends it."""
    import openai

    meter = Meter(chunks)
    client = openai.OpenAI(base_url=base_url, api_key="key")

    def ask(body: dict[str, Any]) -> bool:
        completion = client.chat.completions.create(**body)
        return bool(json.loads(completion.choices[0].message.content)["preference_triples"])

    with ThreadPoolExecutor(threads) as pool:
        for kept in pool.map(ask, bodies(chunks)):
            meter.count(kept)
    return meter.result()


def async_openai(base_url: str, chunks: int, *, in_flight: int, over_aiohttp: bool = False) -> dict[str, Any]:
    """Ask with `AsyncOpenAI` as it comes, so many requests at a time; what fails past its two retries is lost."""
    import openai

    meter = Meter(chunks)
    queue = bodies(chunks)

    async def work(client: openai.AsyncOpenAI) -> None:
        for body in queue:
            try:
                completion = await client.chat.completions.create(**body)
                meter.count(parse_answer(openai_wire.read(completion.model_dump())).usable)
            except openai.OpenAIError:
                meter.count(False)

    async def work_all() -> None:
        http_client = openai.DefaultAioHttpClient() if over_aiohttp else None
        async with openai.AsyncOpenAI(base_url=base_url, api_key="key", http_client=http_client) as client:
            await asyncio.gather(*(work(client) for _ in range(in_flight)))

    asyncio.run(work_all())
    return meter.result()


def whole_batch(base_url: str, chunks: int, *, lake_uri: str) -> dict[str, Any]:
    """Generate a planned batch with the task body itself, from the lake and into it."""
    meter = Meter(chunks)
    counts = generate_batch(Lake(lake_uri), RUN_ID, "batch-0000", lambda _: ModelAccess(base_url, "key"))
    meter.kept = counts.get("answered", 0)
    return meter.result()


def plan(lake_uri: str, chunks: int) -> dict[str, Any]:
    """Write a run of one batch with so many chunks."""
    plan_night(Lake(lake_uri), [chunk_text(number) for number in range(chunks)])
    return {"planned": chunks}


CLIENTS = {
    "ours": ours,
    "thread_pool": thread_pool,
    "async_openai": async_openai,
    "whole_batch": whole_batch,
    "plan": plan,
}

if __name__ == "__main__":
    name, url, count, *options = sys.argv[1:]
    print(json.dumps(CLIENTS[name](url, int(count), **json.loads(*options or ["{}"]))))
