"""Submitting requests as batch jobs.

Every submission begins with an intent in the lake, and the batch job carries its id: a task that was killed, cleared or
moved finds the job that already runs. Answers are stored under the same keys as those of realtime mode.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NoReturn

from ownvoice.config.generators import Route
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.batch.budget import not_afforded
from ownvoice.llm.batch.client import completions_at, create_batch_job, open_clients, upload_requests
from ownvoice.llm.batch.files import request_files, request_line
from ownvoice.llm.batch.intents import new_intent, record_batch_id, record_intent
from ownvoice.llm.batch.waiting import BatchJobsRunningError
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.failures import NoAnswer
from ownvoice.llm.replay import NextRequest, replay
from ownvoice.llm.work import Work
from ownvoice.states import ChunkEvent

_READS_AT_ONCE = 64
_NOT_AFFORDED = NoAnswer(None, ChunkEvent.NOT_AFFORDED)


async def ask_by_batch_jobs(
    work: Work,
    requests: Sequence[ChunkRequest],
    no_answers: Mapping[str, NoAnswer],
    endpoints: Endpoints,
) -> list[ChunkOutcome]:
    """Return the outcomes of all chunks, in the order of `requests`, where none needs another request.

    Where some do, submits as many of these as the work's share allows and raises `BatchJobsRunningError`; call again
    when the jobs have ended. Requests in `no_answers` are not submitted. A request that the budget did not allow once
    is not submitted by later calls of the same work either: every round of batch jobs may take a day.
    """
    answers = AnswerStore(work.lake.store)
    found: list[ChunkOutcome | NextRequest] = []
    for part in _parts(requests):
        found += await asyncio.gather(
            *(replay(request, answers, work.run_id, work.task_try, no_answers) for request in part)
        )
    wanted: dict[str, NextRequest] = {}
    for one in found:
        if isinstance(one, NextRequest):
            wanted.setdefault(one.request_key, one)
    left_out = not_afforded(found, wanted, work.share, work.prices)
    afforded = {key: one for key, one in wanted.items() if key not in left_out}
    if afforded:
        await _submit(work, afforded, {**no_answers, **dict.fromkeys(left_out, _NOT_AFFORDED)}, endpoints)
    return [one.unsent if isinstance(one, NextRequest) else one for one in found]


async def _submit(
    work: Work, wanted: Mapping[str, NextRequest], no_answers: Mapping[str, NoAnswer], endpoints: Endpoints
) -> NoReturn:
    """Upload a file, record the intent, submit, record the batch job's id; a file may name only one model."""
    submitted = []
    routes = dict.fromkeys(one.request.route for one in wanted.values())
    async with open_clients({endpoint for endpoint, _ in routes}, endpoints) as clients:
        for route in routes:
            for keys, file in request_files(_lines(wanted, route, completions_at(clients[route[0]]))):
                endpoint, asked = route[0], {key: wanted[key] for key in keys}
                intent = new_intent(work, file, asked, no_answers, endpoint)
                file_id = await upload_requests(clients[endpoint], f"{intent.name}.jsonl", file)
                if record_intent(work.lake, intent):
                    batch_id = await create_batch_job(clients[endpoint], file_id, intent.intent_id)
                    record_batch_id(work.lake, intent, batch_id)
                    submitted.append((endpoint, batch_id))
    raise BatchJobsRunningError(submitted)


def _lines(wanted: Mapping[str, NextRequest], route: Route, url: str) -> Iterator[tuple[str, bytes]]:
    for key, one in wanted.items():
        if one.request.route == route:
            yield key, request_line(key, one.body, url)


def _parts(requests: Iterable[ChunkRequest]) -> Iterator[list[ChunkRequest]]:
    rest = iter(requests)
    while part := list(islice(rest, _READS_AT_ONCE)):
        yield part
