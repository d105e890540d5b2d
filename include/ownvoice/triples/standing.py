"""Where a chunk stands by its stored answers alone: settled, or which answer is to be asked for next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ownvoice.life import ChunkEvent
from ownvoice.triples.answers import AnswerStore
from ownvoice.triples.ask import MAX_ANSWERS_PER_CHUNK, ChunkAsk, ChunkOutcome, Settling
from ownvoice.triples.batch_files import GaveUp
from ownvoice.triples.parse import Fault


@dataclass(frozen=True, slots=True)
class Wanted:
    """A chunk that needs another answer: the request that asks, and which answer to it that will be."""

    ask: ChunkAsk
    request_key: str
    body: dict[str, Any]
    attempt: int


async def standing(
    ask: ChunkAsk, answers: AnswerStore, run_id: str, gave_up: Mapping[str, GaveUp]
) -> ChunkOutcome | Wanted:
    """Go through the stored answers of a chunk by the rules of `ask_chunks`, and ask nothing.

    `gave_up` holds the requests that are not to be asked for again in this try.
    """
    chunk = Settling(ask)
    while chunk.attempts < MAX_ANSWERS_PER_CHUNK:
        record = await answers.get(ask.request_key, chunk.attempts + 1)
        if record is None:
            return _unanswered(chunk, gave_up.get(ask.request_key))
        bought = record.get("bought_for") == [run_id, ask.article_id, ask.chunk_index]
        answer = chunk.take(record, bought=bought)
        if answer.usable:
            return chunk.outcome(ChunkEvent.ANSWER_ARRIVED if bought else ChunkEvent.STORED_ANSWER_FOUND)
        if answer.fault is Fault.REFUSED:
            break
    return chunk.outcome(ChunkEvent.TRIES_USED_UP)


def _unanswered(chunk: Settling, gave_up: GaveUp | None) -> ChunkOutcome | Wanted:
    if gave_up is None:
        return Wanted(chunk.ask, chunk.ask.request_key, chunk.ask.body, chunk.attempts + 1)
    chunk.faults.append(gave_up.fault)
    return chunk.outcome(gave_up.event)
