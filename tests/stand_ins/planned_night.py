"""A run that is planned already: batches of made-up chunks, ready for the task that asks about them."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from multiprocessing.process import BaseProcess
from typing import Any

from ownvoice.chunks.plan import Plan, PlannedChunk, write_batch, write_plan
from ownvoice.config.run import RefreshRun, record_run
from ownvoice.llm.client import ModelAccess
from ownvoice.storage.lake import Lake
from ownvoice.triples.generate import generate_batch

RUN_ID = "planned"


def chunk_text(number: int) -> str:
    """Return a chunk of 1,500 characters that no other number has."""
    return f"Chunk {number}. " + "An honest sentence about nothing at all. " * 37


def plan_night(lake: Lake, texts: list[str], *, batches: int = 1, **fields: Any) -> RefreshRun:
    """Write down a run over `texts`, cut into equal batches named batch-0000 and so on."""
    run = RefreshRun(run_id=RUN_ID, refresh_date=dt.date(2026, 2, 1), articles_uri="file:///nowhere", **fields)
    size = -(-len(texts) // batches)
    names = [f"batch-{number:04d}" for number in range(batches)]
    record_run(lake, run)
    for number, name in enumerate(names):
        chunks = [_chunk(at, text) for at, text in enumerate(texts) if at // size == number]
        write_batch(lake, run, name, chunks)
    write_plan(lake, run, Plan(tuple(names), 1, len(texts), 0, 0, 0))
    return run


def start_task(lake: Lake, batch: str, base_url: str, *, in_flight: int = 8) -> BaseProcess:
    """Start the task body on one batch in a process of its own, with SIGKILL as the only way to end it early."""
    processes = multiprocessing.get_context("forkserver")  # forking this process would copy the store's threads
    processes.set_forkserver_preload(["aiohttp", "ownvoice.triples.generate"])  # else each process loads them again
    task = processes.Process(target=_generate, args=(lake.uri, batch, base_url, in_flight))
    task.start()
    return task


def _generate(lake_uri: str, batch: str, base_url: str, in_flight: int) -> None:
    access = ModelAccess(base_url, "key", max_requests_in_flight=in_flight)
    generate_batch(Lake(lake_uri), RUN_ID, batch, lambda _: access)


def _chunk(number: int, text: str) -> PlannedChunk:
    return PlannedChunk(
        article_id="article",
        article_sha256="",
        author_id="",
        source_key="",
        split="",
        chunk_index=number,
        chunk_key="",
        clean_start=0,
        clean_end=0,
        start=0,
        end=0,
        text=text,
        is_retry=False,
    )
