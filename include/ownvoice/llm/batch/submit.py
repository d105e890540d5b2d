"""Asking through a batch API: files of requests that are answered within a day, at half the price.

Every submission begins with an intent in the lake and carries its id, so that a worker that was killed, cleared or
moved finds the batch that is already running. Answers come into the same store under the same keys as realtime ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NoReturn

from ownvoice.config.generators import Route
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.batch.budget import not_afforded
from ownvoice.llm.batch.client import create_batch_job, open_clients, upload_requests
from ownvoice.llm.batch.files import NoAnswer, request_files, request_line
from ownvoice.llm.batch.intents import (
    BoughtFor,
    new_intent,
    record_batch_id,
    record_intent,
)
from ownvoice.llm.batch.waiting import BatchJobsRunningError
from ownvoice.llm.batch_task import BatchTask
from ownvoice.llm.budget import Spend
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.replay import NextRequest, standing
from ownvoice.states import ChunkEvent

if TYPE_CHECKING:
    pass

_READS_AT_ONCE = 64
_NOT_AFFORDED = NoAnswer(None, ChunkEvent.NOT_AFFORDED)


async def ask_by_batch_jobs(
    plan: BatchTask, asks: Sequence[ChunkRequest], gave_up: Mapping[str, NoAnswer], share: Spend, endpoints: Endpoints
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
    plan: BatchTask, wanted: Mapping[str, NextRequest], gave_up: Mapping[str, NoAnswer], endpoints: Endpoints
) -> NoReturn:
    """Upload, write the intent down, submit, write the batch down; then there is only waiting left.

    Endpoints take files that ask one model each.
    """
    submitted = []
    routes = dict.fromkeys(one.ask.route for one in wanted.values())
    async with open_clients({endpoint for endpoint, _ in routes}, endpoints) as clients:
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


def _bought_for(wanted: NextRequest) -> BoughtFor:
    return wanted.attempt, wanted.ask.article_id, wanted.ask.chunk_index


def _parts(asks: Iterable[ChunkRequest]) -> Iterator[list[ChunkRequest]]:
    rest = iter(asks)
    while part := list(islice(rest, _READS_AT_ONCE)):
        yield part
