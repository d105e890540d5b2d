"""The third step of a refresh, once a batch: ask a model about every chunk that has no stored answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import pyarrow.parquet as pq

from ownvoice.answering.asking import ask_all, refuse_unanswered
from ownvoice.answering.progress import OnProgress, run_with_reports
from ownvoice.chunks.chunk import chunk_key, is_divisible
from ownvoice.chunks.plan import open_batch, read_plan
from ownvoice.config.generators import Route
from ownvoice.config.run import RefreshRun, recorded_run
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.outcomes import OutcomeRow, outcome_row, outcomes_writer
from ownvoice.llm.replay import stored_outcomes
from ownvoice.llm.request import request_key
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.storage.lake import Lake
from ownvoice.triples.asking import refuse_too_many_dead, work_on
from ownvoice.triples.parse import reader
from ownvoice.triples.request import request_body
from ownvoice.triples.spending import Purpose

_ROWS_AT_A_TIME = 500
_COLUMNS = ["article_id", "chunk_index", "text", "is_retry"]
_ADVICE = "Look at their answers with `ownvoice try-prompt`, change the recipe or the model"


def generate_batch(
    lake: Lake,
    run_id: str,
    batch: str,
    endpoints: Endpoints,
    on_progress: OnProgress | None = None,
    task_try: TaskTry = NO_TASK,
) -> dict[str, int]:
    """Ask about the chunks of one batch and record the outcome of each; return counts by chunk state.

    Every answer is stored before it is looked at, so that a killed or cleared task asks only for the rest.
    `on_progress` is called every few seconds and at the end; `task_try` is stored with each new answer.
    Raises `ModelUnavailableError` where most chunks were left without an answer, `DeadChunksError` where too many are
    dead, `ModelAccessError` where no request can succeed, and `BatchJobsRunningError` while a batch API works on the
    answers: call again when those batch jobs have ended.
    """
    run = recorded_run(lake, run_id)
    batches = read_plan(lake, run).batches
    work = work_on(lake, run, batch, batches, Purpose.TRIPLES, task_try)
    routes = dict.fromkeys(generator.route for generator in run.recipe.mix)
    others = partial(_planned_anywhere, lake, run, batches)
    with (
        open_batch(lake, run, batch) as planned,
        outcomes_writer(lake, run, batch) as on_outcome,
    ):
        tally = work.tally(planned.metadata.num_rows)
        requests_of = partial(planned_requests, planned, run)
        run_with_reports(ask_all(work, routes, requests_of, endpoints, tally, on_outcome, others), tally, on_progress)
    refuse_unanswered(batch, tally)
    if run.retry == "none":
        refuse_too_many_dead(batch, tally, run.max_dead_share, _ADVICE)
    return dict(tally.states)


def _planned_anywhere(lake: Lake, run: RefreshRun, batches: Iterable[str], route: Route) -> Iterator[ChunkRequest]:
    for name in batches:
        with open_batch(lake, run, name) as planned:
            yield from planned_requests(planned, run, route)


def planned_requests(planned: pq.ParquetFile, run: RefreshRun, route: Route | None = None) -> Iterator[ChunkRequest]:
    """Yield the requests about the planned chunks of a batch, in order; with a `route`, those that go there."""
    read = reader(run.recipe.prompt_version)
    for rows in planned.iter_batches(_ROWS_AT_A_TIME, columns=_COLUMNS, use_threads=False):
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


def outcomes_of_failed_batch(lake: Lake, run: RefreshRun, batch: str) -> Mapping[tuple[str, int], OutcomeRow]:
    """Return rows of `OUTCOMES` by article id and chunk index, worked out from the stored answers.

    They hold what the batch paid for before it failed: tokens, cost, tries, and which task tries asked. A failure
    without an answer is not in them; it is only in the task's log.
    """
    with open_batch(lake, run, batch) as planned:
        found = stored_outcomes(lake, run.run_id, planned_requests(planned, run))
        return {(one.article_id, one.chunk_index): outcome_row(one, run.prices) for one in found}
