"""Collecting what batch jobs have brought, whichever run submitted them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ownvoice.errors import OwnvoiceError
from ownvoice.llm.batch.client import BatchJobState, batch_job_state, cancel_batch_job, find_batch_jobs, open_clients
from ownvoice.llm.batch.files import NoAnswer
from ownvoice.llm.batch.intents import (
    Intent,
    close_intent,
    open_intents,
    record_batch_id,
)
from ownvoice.llm.batch.results import collect
from ownvoice.llm.batch.waiting import BatchJobsRunningError
from ownvoice.llm.batch_task import BatchTask
from ownvoice.llm.endpoints import Endpoints
from ownvoice.storage.lake import Lake

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_LATEST_ARRIVAL_S = 60.0  # a batch whose submission was not confirmed shows in the endpoint's list by then
_LOOK_AGAIN_S = 5.0


async def collect_arrived(plan: BatchTask, request_keys: Iterable[str], endpoints: Endpoints) -> dict[str, NoAnswer]:
    """Store what submitted batches have brought for `request_keys`, whichever run submitted them.

    Both modes begin with this. `request_keys` is drawn from only where something is open. Returns the requests that
    this run submitted and that brought no answer. Raises `BatchJobsRunningError` where such a batch still runs, and
    where one of this run was not taken on or refused, `ModelAccessError` or `ModelUnavailableError`.
    """
    left_open = open_intents(plan.lake)
    if not left_open:
        return {}
    keys = set(request_keys)
    found = [one for one in left_open if _is_of(plan, one) or not keys.isdisjoint(one.requests)]
    gave_up: dict[str, NoAnswer] = {}
    problems: list[OwnvoiceError] = []
    async with open_clients({one.endpoint for one in found}, endpoints) as clients:
        attached = [pair for one in found if (pair := await _attached(plan.lake, clients[one.endpoint], one))]
        running = [(intent.endpoint, state.batch_id) for intent, state in attached if not state.ended]
        if running:  # all are taken in together, so that what they gave up is known together
            raise BatchJobsRunningError(running)
        for intent, state in attached:
            collected = await collect(plan.lake, clients[intent.endpoint], intent, state, plan.run.recipe)
            if _is_of(plan, intent):
                problems += [collected.problem] if collected.problem else []
                gave_up |= intent.gave_up | collected.failed
    if problems:
        raise problems[0]
    return gave_up


def _is_of(plan: BatchTask, intent: Intent) -> bool:
    """Whether the intent was recorded by a try of this task."""
    return (intent.run_id, intent.batch) == (plan.run.run_id, plan.name)


async def _attached(lake: Lake, client: AsyncOpenAI, intent: Intent) -> tuple[Intent, BatchJobState] | None:
    """Return an intent and its batch, found again where a kill came before its id; None where there never was one."""
    if intent.batch_id:
        return intent, await batch_job_state(client, intent.batch_id)
    found = await find_batch_jobs(client, intent.intent_id, intent.recorded_at_s)
    while not found and time.time() - intent.recorded_at_s < _LATEST_ARRIVAL_S:
        await asyncio.sleep(_LOOK_AGAIN_S)
        found = await find_batch_jobs(client, intent.intent_id, intent.recorded_at_s)
    for again in found[1:]:
        if not again.ended:
            await cancel_batch_job(client, again.batch_id)
    if not found:
        close_intent(lake, intent, "never_submitted", {})
        return None
    return record_batch_id(lake, intent, found[0].batch_id), found[0]
