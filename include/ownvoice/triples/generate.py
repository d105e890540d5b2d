"""The third step of a refresh, once a batch: ask the model about every chunk that has no stored answer."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow.parquet as pq

from ownvoice.chunks.chunk import is_divisible
from ownvoice.chunks.planned import open_batch, read_plan
from ownvoice.errors import DeadChunksError, ModelUnavailableError
from ownvoice.lake import Lake
from ownvoice.life import ChunkEvent
from ownvoice.run import RefreshRun, recorded_run
from ownvoice.triples.answers import AnswerStore
from ownvoice.triples.ask import ask_chunks
from ownvoice.triples.asker import NOBODY, Asker
from ownvoice.triples.batch_api import PlanBatch, ask_in_batches, take_in
from ownvoice.triples.budget import Purse, Spend, share_of_batch, worst_case
from ownvoice.triples.client import ModelAccess
from ownvoice.triples.failures import Failure
from ownvoice.triples.outcomes import outcomes_writer
from ownvoice.triples.request import longer_request, request_body, request_key
from ownvoice.triples.settle import ChunkAsk, ChunkOutcome
from ownvoice.triples.tally import Tally

OnOutcome = Callable[[ChunkOutcome], None]

_ROWS_AT_A_TIME = 500
_SECONDS_BETWEEN_REPORTS = 5.0
_FEWEST_CHUNKS_WITH_A_SHARE = 10
_FRUITLESS = (ChunkEvent.TRIES_USED_UP, ChunkEvent.TOO_LONG)


def generate_batch(
    lake: Lake,
    run_id: str,
    batch: str,
    access: ModelAccess,
    on_progress: Callable[[Tally], None] | None = None,
    asker: Asker = NOBODY,
) -> dict[str, int]:
    """Settle the chunks of one batch and write down what became of each; return counts by chunk state.

    Every answer is in the lake before this looks at it, so that a killed or cleared task asks only for the rest.
    `on_progress` hears every few seconds and at the end where things stand; `asker` is noted with each new answer.
    Raises `ModelUnavailableError` where most chunks were left without an answer, `DeadChunksError` where too many are
    dead, `ModelAccessError` where no request can succeed, and `BatchesRunningError` while answers are on their way
    through a batch API: call again when those batches have ended.
    """
    run = recorded_run(lake, run_id)
    with (
        open_batch(lake, run, batch) as planned,
        outcomes_writer(lake, run, batch) as on_outcome,
    ):
        tally = Tally(planned.metadata.num_rows, run.price, asker)
        asking = _settle(PlanBatch(lake, run, batch, asker), planned, access, tally, on_outcome)
        asyncio.run(_reported(asking, tally, on_progress))
    _refuse_silence(batch, tally)
    if run.retry == "none":
        _refuse_too_many_dead(batch, tally, run.max_dead_share)
    return dict(tally.states)


async def _settle(
    plan: PlanBatch, planned: pq.ParquetFile, access: ModelAccess, tally: Tally, on_outcome: OnOutcome
) -> None:
    """Take in what was submitted earlier, in either mode; then ask for the rest in the run's own."""
    run = plan.run
    gave_up = await take_in(plan, _keys(planned, run), access)
    batches = read_plan(plan.lake, run).batches
    share = _share(run, batches.index(plan.name), len(batches))
    if run.mode == "batch":
        for outcome in await ask_in_batches(plan, list(planned_asks(planned, run)), gave_up, share, access):
            tally.count(outcome)
            on_outcome(outcome)
        return
    await ask_chunks(
        planned_asks(planned, run),
        AnswerStore(plan.lake.store),
        access,
        on_outcome,
        run_id=run.run_id,
        asker=plan.asker,
        sharers=min(run.max_active_generation_tasks, len(batches)),
        purse=_purse(plan, share),
        tally=tally,
    )


def _keys(planned: pq.ParquetFile, run: RefreshRun) -> Iterator[str]:
    """Yield the keys of all requests that may be made: each chunk's own, and the one for a longer answer."""
    for ask in planned_asks(planned, run):
        yield ask.request_key
        yield request_key(longer_request(ask.body))


def planned_asks(planned: pq.ParquetFile, run: RefreshRun) -> Iterator[ChunkAsk]:
    """Yield what is to be asked about the planned chunks of a batch, in their order."""
    for rows in planned.iter_batches(_ROWS_AT_A_TIME, columns=["article_id", "chunk_index", "text", "anew"]):
        for chunk in rows.to_pylist():
            body = request_body(run.recipe, chunk["text"])
            divisible = is_divisible(chunk["text"], run.recipe)
            yield ChunkAsk(chunk["article_id"], chunk["chunk_index"], request_key(body), body, chunk["anew"], divisible)


async def _reported(asking: Any, tally: Tally, on_progress: Callable[[Tally], None] | None) -> None:
    """Await `asking`; report meanwhile, and once more at its end."""

    async def report() -> None:
        while on_progress:
            await asyncio.sleep(_SECONDS_BETWEEN_REPORTS)
            on_progress(tally)

    reporting = asyncio.create_task(report())
    try:
        await asking
    finally:
        reporting.cancel()
        if on_progress:
            on_progress(tally)


def _share(run: RefreshRun, number: int, batches: int) -> Spend:
    """Return what batch `number` (from 0) may spend of the run's budget."""
    budget = Spend(
        math.inf if run.max_tokens is None else run.max_tokens,
        math.inf if run.max_cost_usd is None else run.max_cost_usd,
    )
    largest = worst_case(run.price, request_body(run.recipe, "–" * run.recipe.max_chunk_chars))
    return share_of_batch(budget, number, batches, largest)


def _purse(plan: PlanBatch, share: Spend) -> Purse:
    """Return the batch's share of the budget, less what earlier tries of the same task may have spent."""
    key = f"{plan.run.folder}/spending/{plan.name}.json"
    before = plan.lake.read_json(key) or {"tokens": 0, "cost_usd": 0.0}

    def record(spent: Spend) -> None:
        bounded = {"tokens": spent.tokens, "cost_usd": spent.cost_usd}
        plan.lake.write_json(key, {name: value if math.isfinite(value) else 0 for name, value in bounded.items()})

    return Purse(share, Spend(**before), record)


def _refuse_silence(batch: str, tally: Tally) -> None:
    """Fail a batch of which most is unanswered, so that it is tried again in minutes and not only tomorrow.

    What a person cancelled at the endpoint is left for another night.
    """
    cancelled = tally.last_faults[ChunkEvent.NOT_ANSWERED][Failure.BATCH_CANCELLED]
    unanswered = tally.events[ChunkEvent.NOT_ANSWERED] - cancelled
    if 2 * unanswered > tally.total:
        raise ModelUnavailableError(
            f"{batch}: {unanswered} of {tally.total} chunks were left without an answer "
            f"({tally.commonest_faults(ChunkEvent.NOT_ANSWERED)}). "
            "What had arrived is stored; run again when the endpoint answers."
        )


def _refuse_too_many_dead(batch: str, tally: Tally, max_dead_share: float) -> None:
    """Fail a batch in which so many chunks died that the recipe or the model must be at fault."""
    dead = sum(tally.events[event] for event in _FRUITLESS)
    if tally.total >= _FEWEST_CHUNKS_WITH_A_SHARE and dead > max_dead_share * tally.total:
        raise DeadChunksError(
            f"{batch}: {dead} of {tally.total} chunks are dead or too long ({tally.commonest_faults(*_FRUITLESS)}), "
            f"more than the share of {max_dead_share} that OWNVOICE_MAX_DEAD_SHARE allows. Look at their answers with "
            "`ownvoice try-prompt`, change the recipe or the model, and run again: nothing is asked twice."
        )
