"""The third step of a refresh, once a batch: ask the model about every chunk that has no stored answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow.parquet as pq

from ownvoice.chunks.chunk import chunk_key, is_divisible
from ownvoice.chunks.plan import open_batch, read_plan
from ownvoice.config.generators import Route
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.errors import DeadChunksError, ModelUnavailableError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.batch.collect import collect_arrived
from ownvoice.llm.batch.submit import ask_by_batch_jobs
from ownvoice.llm.batch_task import BatchTask
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.context import RequestContext
from ownvoice.llm.endpoints import Endpoints, ask_everywhere
from ownvoice.llm.failures import Failure
from ownvoice.llm.outcomes import OutcomeRow, outcome_row, outcomes_writer
from ownvoice.llm.replay import stored_outcomes
from ownvoice.llm.request import longer_request, request_key
from ownvoice.llm.tally import Tally
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake
from ownvoice.triples.allotment import open_spending_limit, shares_of_batch
from ownvoice.triples.parse import reader
from ownvoice.triples.request import request_body

OnOutcome = Callable[[ChunkOutcome], None]

_ROWS_AT_A_TIME = 500
_SECONDS_BETWEEN_REPORTS = 5.0
_MIN_CHUNKS_WITH_A_SHARE = 10
_FRUITLESS = (ChunkEvent.TRIES_USED_UP, ChunkEvent.TOO_LONG)
_ADVICE = "Look at their answers with `ownvoice try-prompt`, change the recipe or the model"


def generate_batch(
    lake: Lake,
    run_id: str,
    batch: str,
    endpoints: Endpoints,
    on_progress: Callable[[Tally], None] | None = None,
    task_try: TaskTry = NO_TASK,
) -> dict[str, int]:
    """Settle the chunks of one batch and write down what became of each; return counts by chunk state.

    Every answer is in the lake before this looks at it, so that a killed or cleared task asks only for the rest.
    `on_progress` hears every few seconds and at the end where things stand; `task_try` is noted with each new answer.
    Raises `ModelUnavailableError` where most chunks were left without an answer, `DeadChunksError` where too many are
    dead, `ModelAccessError` where no request can succeed, and `BatchJobsRunningError` while answers are on their way
    through a batch API: call again when those batches have ended.
    """
    run = recorded_run(lake, run_id)
    with (
        open_batch(lake, run, batch) as planned,
        outcomes_writer(lake, run, batch) as on_outcome,
    ):
        tally = Tally(planned.metadata.num_rows, run.prices, task_try)
        asking = _settle(BatchTask(lake, run, batch, task_try), planned, endpoints, tally, on_outcome)
        asyncio.run(reported(asking, tally, on_progress))
    refuse_unanswered(batch, tally)
    if run.retry == "none":
        refuse_too_many_dead(batch, tally, run.max_dead_share)
    return dict(tally.states)


async def _settle(
    plan: BatchTask, planned: pq.ParquetFile, endpoints: Endpoints, tally: Tally, on_outcome: OnOutcome
) -> None:
    """Take in what was submitted earlier, in either mode; then ask for the rest in the run's own."""
    run = plan.run
    gave_up = await collect_arrived(plan, _keys(planned, run), endpoints)
    batches = read_plan(plan.lake, run).batches
    share, _ = shares_of_batch(run, batches.index(plan.name), len(batches))
    if run.mode == "batch":
        for outcome in await ask_by_batch_jobs(plan, list(planned_asks(planned, run)), gave_up, share, endpoints):
            tally.count(outcome)
            on_outcome(outcome)
        return
    routes = dict.fromkeys(generator.route for generator in run.recipe.mix)
    await ask_everywhere(
        {route: planned_asks(planned, run, route) for route in routes},
        AnswerStore(plan.lake.store),
        endpoints,
        on_outcome,
        RequestContext(
            run_id=run.run_id,
            task_try=plan.task_try,
            concurrent_tasks=min(run.max_active_generation_tasks, len(batches)),
            spending_limit=open_spending_limit(plan.lake, run, plan.name, share),
            tally=tally,
        ),
    )


def _keys(planned: pq.ParquetFile, run: RefreshRun) -> Iterator[str]:
    """Yield the keys of all requests that may be made: each chunk's own, and the one for a longer answer."""
    for ask in planned_asks(planned, run):
        yield ask.request_key
        yield request_key(longer_request(ask.body))


def planned_asks(planned: pq.ParquetFile, run: RefreshRun, route: Route | None = None) -> Iterator[ChunkRequest]:
    """Yield what is to be asked about the planned chunks of a batch, in order; with a `route`, what goes there."""
    read = reader(run.recipe.prompt_version)
    for rows in planned.iter_batches(_ROWS_AT_A_TIME, columns=["article_id", "chunk_index", "text", "is_retry"]):
        for chunk in rows.to_pylist():
            generator = run.recipe.generator_of(chunk_key(chunk["text"]))
            if route in (None, generator.route):
                body = request_body(run.recipe, chunk["text"], generator)
                yield ChunkRequest(
                    chunk["article_id"],
                    chunk["chunk_index"],
                    request_key(body),
                    body,
                    is_retry=chunk["is_retry"],
                    divisible=is_divisible(chunk["text"], run.recipe),
                    endpoint=generator.endpoint,
                    read=read,
                )


async def reported(asking: Any, tally: Tally, on_progress: Callable[[Tally], None] | None) -> None:
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


def refuse_unanswered(batch: str, tally: Tally) -> None:
    """Fail a batch of which most is unanswered, so that it is tried again in minutes and not only tomorrow.

    What a person cancelled at the endpoint is left for another night.
    """
    cancelled = tally.last_faults[ChunkEvent.NOT_ANSWERED][Failure.BATCH_CANCELLED]
    unanswered = tally.events[ChunkEvent.NOT_ANSWERED] - cancelled
    if 2 * unanswered > tally.total:
        raise ModelUnavailableError(
            f"{batch}: {unanswered} of {tally.total} {tally.unit} were left without an answer "
            f"({tally.commonest_faults(ChunkEvent.NOT_ANSWERED)}). "
            "What had arrived is stored; run again when the endpoint answers."
        )


def refuse_too_many_dead(batch: str, tally: Tally, max_dead_share: float, advice: str = _ADVICE) -> None:
    """Fail a batch in which so many chunks died that recipe or model must be at fault; `advice` says what next."""
    dead = sum(tally.events[event] for event in _FRUITLESS)
    if tally.total >= _MIN_CHUNKS_WITH_A_SHARE and dead > max_dead_share * tally.total:
        raise DeadChunksError(
            f"{batch}: {dead} of {tally.total} {tally.unit} are dead or too long "
            f"({tally.commonest_faults(*_FRUITLESS)}), more than the share of {max_dead_share} that "
            f"OWNVOICE_MAX_DEAD_SHARE allows. {advice}, and run again: nothing is asked twice."
        )


def outcomes_of_failed_batch(lake: Lake, run: RefreshRun, batch: str) -> Mapping[tuple[str, int], OutcomeRow]:
    """Return rows of `OUTCOMES` by article id and chunk index, worked out from the stored answers.

    What the batch bought before it failed is in them: tokens, cost, tries and who asked. A failure that brought no
    answer left nothing behind but its line in the task's log.
    """
    with open_batch(lake, run, batch) as planned:
        found = stored_outcomes(lake, run.run_id, planned_asks(planned, run))
        return {(one.article_id, one.chunk_index): outcome_row(one, run.prices) for one in found}
