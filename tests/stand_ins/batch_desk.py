"""A desk that asks through the batch API, a start of the task at a time or to the end."""

from __future__ import annotations

import asyncio

import pytest

from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.llm.batch.collect import collect_arrived
from ownvoice.llm.batch.submit import ask_by_batch_jobs
from ownvoice.llm.batch.waiting import BatchJobsRunningError, until_all_ended
from ownvoice.llm.budget import UNLIMITED
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.context import RequestContext
from ownvoice.llm.request import longer_request, request_key
from ownvoice.llm.work import Work
from ownvoice.llm.workers import ask_chunks
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake
from stand_ins.asking import asking
from stand_ins.model_server import ModelServer

GOOD = [f"good: {number}" for number in range(4)]
ARRIVED, FOUND = ChunkEvent.ANSWER_ARRIVED, ChunkEvent.STORED_ANSWER_FOUND
LATER, DEAD = ChunkEvent.NOT_ANSWERED, ChunkEvent.TRIES_USED_UP
UNAFFORDED = ChunkEvent.NOT_AFFORDED


class Desk:
    """Asks about chunk texts through the batch API, a call at a time or to the end."""

    def __init__(self, lake: Lake, model: ModelServer) -> None:
        self.lake = lake
        self.model = model
        self.access = ModelAccess(model.base_url, "sk-key", request_timeout_s=10.0)
        self.share = UNLIMITED

    def call(self, *texts: str, run_id: str = "run") -> list[ChunkOutcome]:
        """Do what one start of the task does."""
        work = Work(self.lake, run_id, "batch-0000", mode="batch", share=self.share)
        asks = asking(*texts)

        async def once() -> list[ChunkOutcome]:
            gave_up = await collect_arrived(work, keys_of(asks), lambda _: self.access)
            return await ask_by_batch_jobs(work, asks, gave_up, lambda _: self.access)

        return asyncio.run(once())

    def submit(self, *texts: str, run_id: str = "run") -> list[str]:
        """Do what one start does, up to where it waits; return the batches it waits for."""
        with pytest.raises(BatchJobsRunningError) as running:
            self.call(*texts, run_id=run_id)
        return list(running.value.batch_ids)

    def settle(self, *texts: str, run_id: str = "run") -> list[ChunkOutcome]:
        """Start again whenever the batches have ended, until every chunk has an outcome."""
        for _ in range(6):
            try:
                return self.call(*texts, run_id=run_id)
            except BatchJobsRunningError as running:
                asyncio.run(until_all_ended(self.access, running.batch_ids, 0.01))
        raise AssertionError("it never comes to an end")

    def settle_in_realtime(self, *texts: str, run_id: str = "run") -> list[ChunkOutcome]:
        """Ask about the same texts without the batch API."""
        outcomes: list[ChunkOutcome] = []
        answers = AnswerStore(self.lake.store)
        asyncio.run(ask_chunks(asking(*texts), answers, self.access, outcomes.append, RequestContext(run_id=run_id)))
        return sorted(outcomes, key=lambda outcome: outcome.chunk_index)

    def answers(self, text: str) -> list[AnswerRecord]:
        """Return the stored answers about a chunk text."""
        return AnswerStore(self.lake.store).read_all(key(text))


def keys_of(asks: list[ChunkRequest]) -> set[str]:
    """Return all request keys under which these requests can be stored, the longer ones too."""
    return {key for ask in asks for key in (ask.request_key, request_key(longer_request(ask.body)))}


def key(text: str) -> str:
    """Return the request key of a chunk text."""
    return asking(text)[0].request_key


def events(outcomes: list[ChunkOutcome]) -> list[ChunkEvent]:
    """Return the event of each outcome."""
    return [outcome.event for outcome in outcomes]
