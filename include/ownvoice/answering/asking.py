"""The one way to ask endpoints, for any work of any run: through the store, the pace, a spending limit, the batch API.

`ask` is for work that fits into memory; `ask_all` streams, as a batch of a night does.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ownvoice.answering.permitted import permitted
from ownvoice.answering.progress import OnProgress, run_with_reports
from ownvoice.config.generators import Route
from ownvoice.errors import ModelUnavailableError
from ownvoice.llm.answers import AnswerRecord, AnswerStore, completion_of
from ownvoice.llm.batch.collect import collect_arrived
from ownvoice.llm.batch.job_state import BatchJobState
from ownvoice.llm.batch.submit import ask_by_batch_jobs
from ownvoice.llm.batch.waiting import BatchJobsRunningError, until_all_ended
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.context import RequestContext
from ownvoice.llm.endpoints import Endpoints, ask_everywhere
from ownvoice.llm.failures import Failure
from ownvoice.llm.request import longer_request, request_key
from ownvoice.llm.routes import RouteRecords
from ownvoice.llm.tally import Tally
from ownvoice.llm.work import Work
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake

__all__ = ["RequestsOf", "Work", "ask", "ask_all", "ask_to_the_end", "refuse_unanswered", "usable_answer"]

OnOutcome = Callable[[ChunkOutcome], None]

RequestsOf = Callable[[Route | None], Iterable[ChunkRequest]]
"""Yields the requests that go to a route, or with None all of them; each time from the first."""

_POLL_INTERVAL_S = 5.0

_Found = TypeVar("_Found")


def ask(
    work: Work, requests: Sequence[ChunkRequest], endpoints: Endpoints, on_progress: OnProgress | None = None
) -> list[ChunkOutcome]:
    """Ask for what is not stored yet; return how each request ended, in the order of `requests`.

    A request is known again by its article id, chunk index and key: a work that is done again names the same ones.
    Raises `ModelAccessError` where an endpoint refuses all, `ModelUnavailableError` where more than half is left
    without an answer, and in batch mode `BatchJobsRunningError` while batch jobs work on the answers: call again when
    these have ended (`ask_to_the_end`, or a task that defers). Nothing is asked or paid for twice, whoever was killed.
    """
    tally, outcomes = work.tally(len(requests)), list[ChunkOutcome]()

    def requests_of(route: Route | None) -> Iterator[ChunkRequest]:
        return (one for one in requests if route in (None, one.route))

    routes = dict.fromkeys(one.route for one in requests)
    run_with_reports(ask_all(work, routes, requests_of, endpoints, tally, outcomes.append), tally, on_progress)
    refuse_unanswered(work.name, tally)
    return _in_order(requests, outcomes)


async def ask_all(
    work: Work,
    routes: Iterable[Route],
    requests_of: RequestsOf,
    endpoints: Endpoints,
    tally: Tally,
    on_outcome: OnOutcome,
    others: Callable[[Route], Iterable[ChunkRequest]] | None = None,
) -> None:
    """Collect what was submitted earlier, in either mode; then ask for the rest in the work's own mode.

    Outcomes come in any order, and none is kept. `others` yields what the run asks a route about in all of its works;
    without it, this work's requests. Nothing is asked about an article that was taken down. Raises what `ask` raises,
    but for the half that is left without an answer.
    """

    def ended(outcome: ChunkOutcome) -> None:
        tally.count(outcome)
        on_outcome(outcome)

    no_answers = await collect_arrived(work, _keys(requests_of(None)), endpoints)
    if work.mode == "batch":
        asked = list(permitted(work.lake, requests_of(None), ended))
        for outcome in await ask_by_batch_jobs(work, asked, no_answers, endpoints):
            ended(outcome)
        return
    context = RequestContext(
        run_id=work.run_id,
        task_try=work.task_try,
        concurrent_tasks=work.concurrent_tasks,
        spending_limit=work.spending_limit(),
        tally=tally,
        others=others or requests_of,
        routes=RouteRecords(work.lake.store),
    )
    by_route = {route: permitted(work.lake, requests_of(route), ended) for route in routes}
    await ask_everywhere(by_route, AnswerStore(work.lake.store), endpoints, on_outcome, context)


def ask_to_the_end(
    asking: Callable[[], _Found], endpoints: Endpoints, on_states: Callable[[Sequence[BatchJobState]], None]
) -> _Found:
    """Call `asking` until no batch job works on its answers, as a command does; `on_states` gets the jobs' states."""
    while True:
        try:
            return asking()
        except BatchJobsRunningError as running:
            for endpoint, batch_ids in running.by_endpoint.items():
                asyncio.run(until_all_ended(endpoints(endpoint), batch_ids, _POLL_INTERVAL_S, on_states))


def refuse_unanswered(name: str, tally: Tally) -> None:
    """Raise `ModelUnavailableError` where more than half of a work is unanswered: a retry comes within minutes.

    Requests that a person cancelled at the endpoint do not count; they are left for another run.
    """
    cancelled = tally.last_faults[ChunkEvent.NOT_ANSWERED][Failure.BATCH_CANCELLED]
    unanswered = tally.events[ChunkEvent.NOT_ANSWERED] - cancelled
    if 2 * unanswered > tally.total:
        raise ModelUnavailableError(
            f"{name}: {unanswered} of {tally.total} {tally.unit} were left without an answer "
            f"({tally.commonest_faults(ChunkEvent.NOT_ANSWERED)}).{tally.advice} "
            "What had arrived is stored; run again when the endpoint answers."
        )


def usable_answer(lake: Lake, request: ChunkRequest, outcome: ChunkOutcome) -> AnswerRecord | None:
    """Return the answer that counts of a request that has ended: the first stored one that its reader can use."""
    records = AnswerStore(lake.store).read_all(outcome.request_key)
    return next((one for one in records if request.read(completion_of(one)).usable), None)


def _keys(requests: Iterable[ChunkRequest]) -> Iterator[str]:
    """Yield the keys of all requests that may be made: each one's own, and the one for a longer answer."""
    for request in requests:
        yield request.request_key
        yield request_key(longer_request(request.body))


def _in_order(requests: Iterable[ChunkRequest], outcomes: Iterable[ChunkOutcome]) -> list[ChunkOutcome]:
    """Return the outcome of each request; one may be that of the request for a longer answer."""
    found: dict[tuple[str, int, str], list[ChunkOutcome]] = defaultdict(list)
    for one in outcomes:
        found[one.article_id, one.chunk_index, one.request_key].append(one)

    def outcome_of(request: ChunkRequest) -> ChunkOutcome:
        places = ((request.article_id, request.chunk_index, key) for key in _keys([request]))
        return next(found[place] for place in places if found.get(place)).pop(0)

    return [outcome_of(request) for request in requests]
