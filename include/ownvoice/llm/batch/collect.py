"""Collecting the results of submitted batch jobs, of whichever run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ownvoice.errors import ModelUnavailableError, OwnvoiceError
from ownvoice.llm.batch.client import batch_job_state, cancel_batch_job, find_batch_jobs, open_clients
from ownvoice.llm.batch.intents import (
    Intent,
    close_intent,
    open_intents,
    record_batch_id,
)
from ownvoice.llm.batch.job_state import FILES_LOST_AFTER_S, BatchJobState
from ownvoice.llm.batch.results import collect
from ownvoice.llm.batch.waiting import BatchJobsRunningError
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.failures import NoAnswer
from ownvoice.llm.work import Work
from ownvoice.storage.lake import Lake

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_LISTED_AFTER_S = 60.0  # a job whose submission was not confirmed is in the endpoint's list by then
_POLL_EVERY_S = 5.0


async def collect_arrived(work: Work, request_keys: Iterable[str], endpoints: Endpoints) -> dict[str, NoAnswer]:
    """Store the results of batch jobs that hold any of `request_keys`, whichever run submitted them.

    Both modes begin with this. `request_keys` is read only where an intent is open. Returns the requests that this
    task submitted and that have no answer, by key. Raises `BatchJobsRunningError` where such a job still runs;
    `ModelAccessError` or `ModelUnavailableError` where one of this task was not accepted, or all its requests refused.
    """
    still_open = open_intents(work.lake)
    if not still_open:
        return {}
    keys = set(request_keys)
    found = [one for one in still_open if _is_of(work, one) or not keys.isdisjoint(one.requests)]
    no_answers: dict[str, NoAnswer] = {}
    problems: list[OwnvoiceError] = []
    async with open_clients({one.endpoint for one in found}, endpoints) as clients:
        jobs = [pair for one in found if (pair := await _job_of(work.lake, clients[one.endpoint], one))]
        running = [(intent.endpoint, state.batch_id) for intent, state in jobs if not state.ended]
        if running:  # collect them together, so that all requests without an answer are known at once
            raise BatchJobsRunningError(running)
        for intent, state in jobs:
            _refuse_without_answers(intent, state)
            collected = await collect(work.lake, clients[intent.endpoint], intent, state)
            if _is_of(work, intent):
                problems += [collected.problem] if collected.problem else []
                no_answers |= intent.gave_up | collected.no_answers
    if problems:
        raise problems[0]
    return no_answers


def _refuse_without_answers(intent: Intent, state: BatchJobState) -> None:
    if state.may_get_its_answers:
        raise ModelUnavailableError(
            f"{state.batch_id} ({state.status}) names no file with its answers, which are paid for. Look at it where "
            f"{intent.endpoint} lists its batches, and run again when it has its file. Nothing is submitted twice; "
            f"after {FILES_LOST_AFTER_S / 3600:.0f} hours its chunks are asked about again."
        )


def _is_of(work: Work, intent: Intent) -> bool:
    """Whether the intent was recorded by a try of this work."""
    return (intent.run_id, intent.batch) == (work.run_id, work.name)


async def _job_of(lake: Lake, client: AsyncOpenAI, intent: Intent) -> tuple[Intent, BatchJobState] | None:
    """Return an intent and the state of its batch job, None where it was never submitted.

    Where a kill came before the job's id was recorded, the job is looked up by its intent. Second jobs are cancelled.
    """
    if intent.batch_id:
        return intent, await batch_job_state(client, intent.batch_id)
    found = await find_batch_jobs(client, intent.intent_id, intent.recorded_at_s)
    while not found and time.time() - intent.recorded_at_s < _LISTED_AFTER_S:
        await asyncio.sleep(_POLL_EVERY_S)
        found = await find_batch_jobs(client, intent.intent_id, intent.recorded_at_s)
    for second in found[1:]:
        if not second.ended:
            await cancel_batch_job(client, second.batch_id)
    if not found:
        close_intent(lake, intent, "never_submitted", {})
        return None
    return record_batch_id(lake, intent, found[0].batch_id), found[0]
