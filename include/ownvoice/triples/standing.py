"""Where a chunk stands by its stored answers alone: settled, or which answer is to be asked for next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ownvoice.life import ChunkEvent
from ownvoice.triples.answers import AnswerStore
from ownvoice.triples.asker import Asker
from ownvoice.triples.batch_files import GaveUp
from ownvoice.triples.settle import ChunkAsk, ChunkOutcome, Settling, Try


@dataclass(frozen=True, slots=True)
class Wanted:
    """A chunk that needs another answer: the request that asks, and which answer to it that will be.

    `unasked` is what becomes of the chunk where the budget does not allow it.
    """

    ask: ChunkAsk
    request_key: str
    body: dict[str, Any]
    attempt: int
    unasked: ChunkOutcome


async def standing(
    ask: ChunkAsk, answers: AnswerStore, run_id: str, asker: Asker, gave_up: Mapping[str, GaveUp]
) -> ChunkOutcome | Wanted:
    """Go through the stored answers of a chunk by the rules of `ask_chunks`, and ask nothing.

    `gave_up` holds the requests that are not to be asked for again in this try.
    """
    chunk = Settling(ask, run_id, asker)
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


def _unanswered(chunk: Settling, gave_up: GaveUp | None) -> ChunkOutcome | Wanted:
    if gave_up is None:
        unasked = chunk.outcome(ChunkEvent.NOT_AFFORDED)
        return Wanted(chunk.ask, chunk.key, chunk.body, chunk.attempt, unasked)
    if gave_up.failure is None:
        return chunk.outcome(gave_up.event)
    outcome = chunk.outcome(chunk.comes_to(gave_up.failure))
    return replace(outcome, tries=(*outcome.tries, Try(datetime.now(UTC).isoformat(), gave_up.failure)))
