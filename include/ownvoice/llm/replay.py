"""Where a chunk stands by its stored answers alone: settled, or which answer is to be asked for next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.attempts import ChunkAttempts
from ownvoice.llm.batch.files import NoAnswer
from ownvoice.llm.chunk_outcome import ChunkOutcome, Try
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.request import RequestBody
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake

_READS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class NextRequest:
    """A chunk that needs another answer: the request that asks, and which answer to it that will be.

    `unasked` is what becomes of the chunk where the budget does not allow it.
    """

    ask: ChunkRequest
    request_key: str
    body: RequestBody
    attempt: int
    unasked: ChunkOutcome


async def standing(
    ask: ChunkRequest, answers: AnswerStore, run_id: str, task_try: TaskTry, gave_up: Mapping[str, NoAnswer]
) -> ChunkOutcome | NextRequest:
    """Go through the stored answers of a chunk by the rules of `ask_chunks`, and ask nothing.

    `gave_up` holds the requests that are not to be asked for again in this try.
    """
    chunk = ChunkAttempts(ask, run_id, task_try)
    event = None
    while event is None:
        record = await answers.get(chunk.key, chunk.attempt)
        if record:
            event = chunk.take(record)
        elif chunk.used_up:
            event = chunk.used_up
        else:
            return _unanswered(chunk, gave_up.get(chunk.key))
    return chunk.outcome(event)


def _unanswered(chunk: ChunkAttempts, gave_up: NoAnswer | None) -> ChunkOutcome | NextRequest:
    if gave_up is None:
        unasked = chunk.outcome(ChunkEvent.NOT_AFFORDED)
        return NextRequest(chunk.ask, chunk.key, chunk.body, chunk.attempt, unasked)
    if gave_up.failure is None:
        return chunk.outcome(gave_up.event)
    outcome = chunk.outcome(chunk.comes_to(gave_up.failure))
    return replace(outcome, tries=(*outcome.tries, Try(datetime.now(UTC).isoformat(), gave_up.failure)))


def stored_outcomes(lake: Lake, run_id: str, asks: Iterable[ChunkRequest]) -> Iterator[ChunkOutcome]:
    """Yield what the stored answers alone tell of `asks`, as outcomes of a batch that failed."""
    answers = AnswerStore(lake.store)

    async def settle(ask: ChunkRequest) -> ChunkOutcome:
        found = await standing(ask, answers, run_id, NO_TASK, {})
        outcome = found.unasked if isinstance(found, NextRequest) else found
        return replace(outcome, event=ChunkEvent.BATCH_FAILED)

    async def settle_part(part: list[ChunkRequest]) -> list[ChunkOutcome]:
        return await asyncio.gather(*map(settle, part))

    rest = iter(asks)
    while part := list(islice(rest, _READS_AT_ONCE)):
        yield from asyncio.run(settle_part(part))
