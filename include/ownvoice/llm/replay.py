"""What the stored answers alone say about a chunk: its outcome, or the request that is to be sent next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.attempts import ChunkAttempts
from ownvoice.llm.chunk_outcome import ChunkOutcome, Try
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.failures import NoAnswer
from ownvoice.llm.request import RequestBody
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake

_READS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class NextRequest:
    """The request that a chunk needs next: its key, its body, and the number of the answer that it will bring.

    `unsent` is the outcome of the chunk if the budget does not allow the request.
    """

    request: ChunkRequest
    request_key: str
    body: RequestBody
    attempt: int
    unsent: ChunkOutcome


async def replay(
    request: ChunkRequest, answers: AnswerStore, run_id: str, task_try: TaskTry, no_answers: Mapping[str, NoAnswer]
) -> ChunkOutcome | NextRequest:
    """Go through the stored answers of a chunk by the rules of `ask_chunks`, and send nothing.

    `no_answers` holds, by request key, the requests that are not sent again in this task try.
    """
    chunk = ChunkAttempts(request, run_id, task_try)
    event = None
    while event is None:
        record = await answers.get(chunk.key, chunk.attempt)
        if record:
            event = chunk.add_answer(record)
        elif chunk.used_up:
            event = chunk.used_up
        else:
            return _unanswered(chunk, no_answers.get(chunk.key))
    return chunk.outcome(event)


def _unanswered(chunk: ChunkAttempts, no_answer: NoAnswer | None) -> ChunkOutcome | NextRequest:
    if no_answer is None:
        unsent = chunk.outcome(ChunkEvent.NOT_AFFORDED)
        return NextRequest(chunk.request, chunk.key, chunk.body, chunk.attempt, unsent)
    if no_answer.failure is None:
        return chunk.outcome(no_answer.event)
    outcome = chunk.outcome(chunk.event_after(no_answer.failure))
    failed = Try(datetime.now(UTC).isoformat(), no_answer.failure, no_answer.words)
    return replace(outcome, tries=(*outcome.tries, failed))


def stored_outcomes(lake: Lake, run_id: str, requests: Iterable[ChunkRequest]) -> Iterator[ChunkOutcome]:
    """Yield the outcomes that the stored answers alone show, for the chunks of a batch that failed."""
    answers = AnswerStore(lake.store)

    async def outcome_of(request: ChunkRequest) -> ChunkOutcome:
        found = await replay(request, answers, run_id, NO_TASK, {})
        outcome = found.unsent if isinstance(found, NextRequest) else found
        return replace(outcome, event=ChunkEvent.BATCH_FAILED)

    async def outcomes_of(part: list[ChunkRequest]) -> list[ChunkOutcome]:
        return await asyncio.gather(*map(outcome_of, part))

    rest = iter(requests)
    while part := list(islice(rest, _READS_AT_ONCE)):
        yield from asyncio.run(outcomes_of(part))
