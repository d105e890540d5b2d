"""Asking through a batch API: files of requests that are answered within a day, at half the price.

Every submission begins with an intent in the lake and carries its id, so that a worker that was killed, cleared or
moved finds the batch that is already running. Answers come into the same store under the same keys as realtime ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, NoReturn

from ownvoice.config.generators import Route
from ownvoice.config.run import RefreshRun
from ownvoice.errors import OwnvoiceError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.attempts import ChunkAsk, ChunkOutcome
from ownvoice.llm.batch.budget import not_afforded
from ownvoice.llm.batch.client import (
    BatchJobState,
    batch_job_state,
    cancel_batch_job,
    create_batch_job,
    find_batch_jobs,
    open_client,
    upload_requests,
)
from ownvoice.llm.batch.files import GaveUp, request_files, request_line
from ownvoice.llm.batch.intents import (
    BoughtFor,
    Intent,
    close_intent,
    new_intent,
    open_intents,
    record_batch_id,
    record_intent,
)
from ownvoice.llm.batch.results import collect
from ownvoice.llm.budget import Spend
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.replay import NextRequest, standing
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_READS_AT_ONCE = 64
_LATEST_ARRIVAL_S = 60.0  # a batch whose submission was not confirmed shows in the endpoint's list by then
_LOOK_AGAIN_S = 5.0
_NOT_AFFORDED = GaveUp(None, ChunkEvent.NOT_AFFORDED)


class BatchJobsRunningError(Exception):
    """Answers are on their way: nothing is to be done before these batches have ended, then the same call again.

    `by_endpoint` are their ids, by the name of the endpoint where they run.
    """

    def __init__(self, batches: Iterable[tuple[str, str]]) -> None:
        self.by_endpoint: dict[str, list[str]] = defaultdict(list)
        for endpoint, batch_id in batches:
            self.by_endpoint[endpoint].append(batch_id)
        super().__init__(", ".join(self.batch_ids))

    @property
    def batch_ids(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(chain.from_iterable(self.by_endpoint.values()))


@dataclass(frozen=True, slots=True)
class PlanBatch:
    """The chunks that one call is about: those of one batch of a run's plan, and who asks about them."""

    lake: Lake
    run: RefreshRun
    name: str
    task_try: TaskTry = NO_TASK

    def owns(self, intent: Intent) -> bool:
        """Whether the intent was written for these chunks, in this run."""
        return (intent.run_id, intent.batch) == (self.run.run_id, self.name)


async def collect_arrived(plan: PlanBatch, request_keys: Iterable[str], endpoints: Endpoints) -> dict[str, GaveUp]:
    """Store what submitted batches have brought for `request_keys`, whichever run submitted them.

    Both modes begin with this. `request_keys` is drawn from only where something is open. Returns the requests that
    this run submitted and that brought no answer. Raises `BatchJobsRunningError` where such a batch still runs, and
    where one of this run was not taken on or refused, `ModelAccessError` or `ModelUnavailableError`.
    """
    left_open = open_intents(plan.lake)
    if not left_open:
        return {}
    keys = set(request_keys)
    found = [one for one in left_open if plan.owns(one) or not keys.isdisjoint(one.requests)]
    gave_up: dict[str, GaveUp] = {}
    problems: list[OwnvoiceError] = []
    async with _clients({one.endpoint for one in found}, endpoints) as clients:
        attached = [pair for one in found if (pair := await _attached(plan.lake, clients[one.endpoint], one))]
        running = [(intent.endpoint, state.batch_id) for intent, state in attached if not state.ended]
        if running:  # all are taken in together, so that what they gave up is known together
            raise BatchJobsRunningError(running)
        for intent, state in attached:
            collected = await collect(plan.lake, clients[intent.endpoint], intent, state, plan.run.recipe)
            if plan.owns(intent):
                problems += [collected.problem] if collected.problem else []
                gave_up |= intent.gave_up | collected.failed
    if problems:
        raise problems[0]
    return gave_up


async def ask_by_batch_jobs(
    plan: PlanBatch, asks: Sequence[ChunkAsk], gave_up: Mapping[str, GaveUp], share: Spend, endpoints: Endpoints
) -> list[ChunkOutcome]:
    """Return the outcomes of all chunks, in the order of `asks`, where their answers are stored or given up.

    Where some are wanted still, submits as many requests for them as `share` allows and raises `BatchJobsRunningError`.
    What a round could not afford is not asked for in the next one: each may take a day.
    """
    answers = AnswerStore(plan.lake.store)
    found: list[ChunkOutcome | NextRequest] = []
    for part in _parts(asks):
        found += await asyncio.gather(
            *(standing(ask, answers, plan.run.run_id, plan.task_try, gave_up) for ask in part)
        )
    wanted: dict[str, NextRequest] = {}
    for one in found:
        if isinstance(one, NextRequest):
            wanted.setdefault(one.request_key, one)
    left_out = not_afforded(found, wanted, share, plan.run.prices)
    afforded = {key: one for key, one in wanted.items() if key not in left_out}
    if afforded:
        await _submit(plan, afforded, {**gave_up, **dict.fromkeys(left_out, _NOT_AFFORDED)}, endpoints)
    return [one.unasked if isinstance(one, NextRequest) else one for one in found]


async def _submit(
    plan: PlanBatch, wanted: Mapping[str, NextRequest], gave_up: Mapping[str, GaveUp], endpoints: Endpoints
) -> NoReturn:
    """Upload, write the intent down, submit, write the batch down; then there is only waiting left.

    Endpoints take files that ask one model each.
    """
    submitted = []
    routes = dict.fromkeys(one.ask.route for one in wanted.values())
    async with _clients({endpoint for endpoint, _ in routes}, endpoints) as clients:
        for route in routes:
            for keys, file in request_files(_lines(wanted, route)):
                endpoint, requests = route[0], {key: _bought_for(wanted[key]) for key in keys}
                intent = new_intent(plan.lake, plan.run, plan.name, plan.task_try, file, requests, gave_up, endpoint)
                file_id = await upload_requests(clients[endpoint], f"{intent.name}.jsonl", file)
                if record_intent(plan.lake, intent):
                    batch_id = await create_batch_job(clients[endpoint], file_id, intent.intent_id)
                    record_batch_id(plan.lake, intent, batch_id)
                    submitted.append((endpoint, batch_id))
    raise BatchJobsRunningError(submitted)


def _lines(wanted: Mapping[str, NextRequest], route: Route) -> Iterator[tuple[str, bytes]]:
    for key, one in wanted.items():
        if one.ask.route == route:
            yield key, request_line(key, one.body)


@contextlib.asynccontextmanager
async def _clients(names: Iterable[str], endpoints: Endpoints) -> AsyncIterator[dict[str, AsyncOpenAI]]:
    """Yield an open client for each of the endpoints."""
    async with contextlib.AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(open_client(endpoints(name))) for name in names}


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


def _bought_for(wanted: NextRequest) -> BoughtFor:
    return wanted.attempt, wanted.ask.article_id, wanted.ask.chunk_index


def _parts(asks: Iterable[ChunkAsk]) -> Iterator[list[ChunkAsk]]:
    rest = iter(asks)
    while part := list(islice(rest, _READS_AT_ONCE)):
        yield part
