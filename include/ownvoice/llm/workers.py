"""Asking one model about many chunks at once: no answer is paid for twice, and no chunk makes another fail."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable

from ownvoice.errors import ModelUnavailableError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.attempts import ChunkAttempts
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess, open_client
from ownvoice.llm.context import RequestContext
from ownvoice.llm.failures import Failure, RequestFailedError
from ownvoice.llm.rate_limit import RateLimiter
from ownvoice.llm.route_watch import RouteWatch
from ownvoice.llm.send import NotAffordedError, RequestSender
from ownvoice.llm.tally import commonest
from ownvoice.llm.window import Window
from ownvoice.states import ChunkEvent

_WORKERS_PER_REQUEST = 2  # for each request that may be in flight, since some workers wait after a failure
_MAX_UNANSWERED_IN_A_ROW = 10  # chunks; the endpoint is down then, rather than the requests at fault
_MAX_FAILURES_IN_A_ROW = 50  # requests: what the tries of ten chunks come to


async def ask_chunks(
    requests: Iterable[ChunkRequest],
    answers: AnswerStore,
    access: ModelAccess,
    on_outcome: Callable[[ChunkOutcome], None],
    context: RequestContext | None = None,
) -> None:
    """Find an answer for every chunk, stored or new; pass each outcome to `on_outcome` as it is known, in any order.

    All `requests` go to the same model. They are taken one by one as workers become free, and no chunk is kept in
    memory after its outcome. Raises `ModelAccessError` at once where no request can succeed (`route_watch.py` tells a
    refusal of all from that of one chunk), `ModelUnavailableError` where ten chunks in a row got no answer,
    `StorageError` where an answer cannot be stored. Every answer that has arrived is stored then.
    """
    context = context or RequestContext()
    window = Window(access.max_requests_in_flight, access.request_timeout_s)
    context.tally.windows.append(window)
    rate_limiter = RateLimiter(window, access.rate_limits, context.concurrent_tasks)
    async with open_client(access) as client, rate_limiter.cutting_what_hangs():
        sender = RequestSender(client, access, answers, rate_limiter, context.spending_limit, context.tally)
        queue = _WorkQueue(requests, sender, on_outcome, context)
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(_WORKERS_PER_REQUEST * access.max_requests_in_flight):
                    workers.create_task(queue.work())
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        finally:
            context.spending_limit.close()


class _WorkQueue:
    """The chunks that are still to be asked about, and the other state that the workers of one call share."""

    def __init__(
        self,
        requests: Iterable[ChunkRequest],
        sender: RequestSender,
        on_outcome: Callable[[ChunkOutcome], None],
        context: RequestContext,
    ) -> None:
        self._requests = iter(requests)
        self._sender = sender
        self._watch = RouteWatch(sender, context)
        self._on_outcome = on_outcome
        self._context = context
        self._in_progress: dict[str, asyncio.Event] = {}
        self._unanswered_in_a_row: Counter[str] = Counter()  # chunks, by the last failure
        self._failed_in_a_row: Counter[str] = Counter()  # requests

    async def work(self) -> None:
        """Take one chunk after another to its outcome, until none is left."""
        for request in self._requests:
            async with self._alone_with(request.request_key):
                outcome = await self._resolve(request)
            self._context.tally.count(outcome)
            self._on_outcome(outcome)
            self._stop_if_endpoint_is_down(outcome)

    @contextlib.asynccontextmanager
    async def _alone_with(self, key: str) -> AsyncIterator[None]:
        """Let only one of several chunks with the same request proceed; the others find its answer in the store."""
        while key in self._in_progress:
            await self._in_progress[key].wait()
        self._in_progress[key] = asyncio.Event()
        try:
            yield
        finally:
            self._in_progress.pop(key).set()

    async def _resolve(self, request: ChunkRequest) -> ChunkOutcome:
        """Go through the answers of a chunk up to the first usable one, and request those that are not stored."""
        chunk = ChunkAttempts(request, self._context.run_id, self._context.task_try)
        event = None
        while event is None:
            stored = await self._sender.answers.get(chunk.key, chunk.attempt)
            event = chunk.add_answer(stored) if stored else chunk.used_up or await self._send(chunk)
        return chunk.outcome(event)

    async def _send(self, chunk: ChunkAttempts) -> ChunkEvent | None:
        """Send one request; return the chunk's event, or None where another request is needed."""
        try:
            event = chunk.add_answer(await self._watch.send(chunk))
        except NotAffordedError:
            event = ChunkEvent.NOT_AFFORDED
        except RequestFailedError as failed:
            event = await self._after_failure(chunk, failed)
        if event is None and chunk.used_up is None:
            self._context.tally.retries[chunk.last_result] += 1
        return event

    async def _after_failure(self, chunk: ChunkAttempts, failed: RequestFailedError) -> ChunkEvent | None:
        """Return the chunk's event, or wait until its request may be sent again and return None."""
        pause_s = failed.retry_after_s or 0.0
        self._stop_if_nothing_comes_back(failed.failure)
        event = chunk.add_failure(failed.failure, time.monotonic(), self._sender.access.patience_s, failed.told.words)
        if event is None:
            limiter_waits = failed.failure is Failure.RATE_LIMITED and pause_s
            await asyncio.sleep(0 if limiter_waits else max(pause_s, chunk.wait_s(failed.failure)))
        return event

    def _stop_if_nothing_comes_back(self, failure: Failure) -> None:
        """End the batch in an outage that outlasts patience: it sends so few requests that few chunks use up tries."""
        window = self._sender.rate_limiter.window
        if window.failures_in_a_row <= 1:
            self._failed_in_a_row.clear()
        self._failed_in_a_row[failure] += 1
        out_s = window.out_s(time.monotonic())
        if window.failures_in_a_row >= _MAX_FAILURES_IN_A_ROW and out_s > self._sender.access.patience_s:
            raise ModelUnavailableError(
                f"The model endpoint answered none of the last {window.failures_in_a_row} requests, in {out_s:.0f} s "
                f"({commonest(self._failed_in_a_row)}). "
                "What had arrived is stored; run again when the endpoint answers."
            )

    def _stop_if_endpoint_is_down(self, outcome: ChunkOutcome) -> None:
        if outcome.event is not ChunkEvent.NOT_ANSWERED:
            self._unanswered_in_a_row.clear()
            return
        self._unanswered_in_a_row[outcome.faults[-1]] += 1
        if self._unanswered_in_a_row.total() >= _MAX_UNANSWERED_IN_A_ROW:
            raise ModelUnavailableError(
                f"The model endpoint answered none of the last {self._unanswered_in_a_row.total()} "
                f"{self._context.tally.unit} "
                f"({commonest(self._unanswered_in_a_row)})."
                f"{self._sender.rate_limiter.window.advice} "
                "What had arrived is stored; run again when the endpoint answers."
            )
