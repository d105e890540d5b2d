"""A batch that failed: what the lake knows of it all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from ownvoice.chunks.planned import open_batch
from ownvoice.lake import Lake
from ownvoice.life import ChunkEvent
from ownvoice.run import RefreshRun
from ownvoice.triples.answers import AnswerStore
from ownvoice.triples.asker import NOBODY
from ownvoice.triples.generate import planned_asks
from ownvoice.triples.outcomes import OutcomeRow, outcome_row
from ownvoice.triples.settle import ChunkAsk, ChunkOutcome
from ownvoice.triples.standing import Wanted, standing

_READS_AT_ONCE = 64


def outcomes_of_failed_batch(lake: Lake, run: RefreshRun, batch: str) -> Mapping[tuple[str, int], OutcomeRow]:
    """Return rows of `OUTCOMES` by article id and chunk index, worked out from the stored answers.

    What the batch bought before it failed is in them: tokens, cost, tries and who asked. A failure that brought no
    answer left nothing behind but its line in the task's log.
    """
    with open_batch(lake, run, batch) as planned:
        found = stored_outcomes(lake, run, planned_asks(planned, run))
        return {(one.article_id, one.chunk_index): outcome_row(one, run.prices) for one in found}


def stored_outcomes(lake: Lake, run: RefreshRun, asks: Iterable[ChunkAsk]) -> Iterator[ChunkOutcome]:
    """Yield what the stored answers alone tell of `asks`, as outcomes of a batch that failed."""
    answers = AnswerStore(lake.store)

    async def settle(ask: ChunkAsk) -> ChunkOutcome:
        found = await standing(ask, answers, run.run_id, NOBODY, {})
        outcome = found.unasked if isinstance(found, Wanted) else found
        return replace(outcome, event=ChunkEvent.BATCH_FAILED)

    async def settle_part(part: list[ChunkAsk]) -> list[ChunkOutcome]:
        return await asyncio.gather(*map(settle, part))

    rest = iter(asks)
    while part := list(islice(rest, _READS_AT_ONCE)):
        yield from asyncio.run(settle_part(part))
