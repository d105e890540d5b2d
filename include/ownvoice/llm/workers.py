"""Asking about many chunks at once, so that no answer is paid for twice and no chunk fails its neighbours."""

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
from ownvoice.llm.client import ModelAccess, open_session
from ownvoice.llm.context import RequestContext
from ownvoice.llm.failures import Failure, RequestFailedError
from ownvoice.llm.rate_limit import RateLimiter
from ownvoice.llm.send import NotAffordedError, RequestSender
from ownvoice.llm.task_try import TaskTry
from ownvoice.states import ChunkEvent

_CHUNKS_PER_REQUEST = 2  # chunks at work for each request that may be open: some wait after a failure
_SILENT_CHUNKS = 10  # so many left without an answer one after the other say that it is the endpoint that fails
_MAX_PAUSE_S = 600.0


async def ask_chunks(
    asks: Iterable[ChunkRequest],
    answers: AnswerStore,
    access: ModelAccess,
    on_outcome: Callable[[ChunkOutcome], None],
    context: RequestContext | None = None,
) -> None:
    """Settle every chunk of `asks`; `on_outcome` hears of each once, as soon as it is known, in no promised order.

    `asks` is drawn from as requests become free, and nothing is held of a chunk that is settled.
    Raises `ModelAccessError` at once where no request can succeed,
    `ModelUnavailableError` where nothing but failures has come back for a while, `StorageError` where an answer cannot
    be kept; what has arrived is stored.
    """
    context = context or RequestContext()
    rate_limiter = RateLimiter(access.max_requests_in_flight, access.rate_limits, context.concurrent_tasks)
    async with open_session(access) as session:
        buyer = RequestSender(session, access, answers, rate_limiter, context.spending_limit, context.tally)
        batch = _Batch(asks, buyer, on_outcome, context.run_id, context.task_try)
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(_CHUNKS_PER_REQUEST * access.max_requests_in_flight):
                    workers.create_task(batch.work())
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        finally:
            context.spending_limit.close()


class _Batch:
    """The state that the workers of one call share."""

    def __init__(
        self,
        asks: Iterable[ChunkRequest],
        buyer: RequestSender,
        on_outcome: Callable[[ChunkOutcome], None],
        run_id: str,
        task_try: TaskTry,
    ) -> None:
        self._queue = iter(asks)
        self._buyer = buyer
        self._on_outcome = on_outcome
        self._run_id = run_id
        self._asker = task_try
        self._at_work: dict[str, asyncio.Event] = {}
        self._silent: Counter[str] = Counter()

    async def work(self) -> None:
        """Settle one chunk after another until none is left."""
        for ask in self._queue:
            async with self._alone_with(ask.request_key):
                outcome = await self._settle(ask)
            self._buyer.tally.count(outcome)
            self._on_outcome(outcome)
            self._give_up_if_nothing_comes_back(outcome)

    @contextlib.asynccontextmanager
    async def _alone_with(self, key: str) -> AsyncIterator[None]:
        """Let one of several chunks with the same request ask; the others find its answer in the store."""
        while key in self._at_work:
            await self._at_work[key].wait()
        self._at_work[key] = asyncio.Event()
        try:
            yield
        finally:
            self._at_work.pop(key).set()

    async def _settle(self, ask: ChunkRequest) -> ChunkOutcome:
        """Go through the answers of a chunk, buying those that are missing, up to the first usable one."""
        chunk = ChunkAttempts(ask, self._run_id, self._asker)
        event = None
        while event is None:
            stored = await self._buyer.answers.get(chunk.key, chunk.attempt)
            event = chunk.take(stored) if stored else chunk.used_up or await self._ask_once(chunk)
        return chunk.outcome(event)

    async def _ask_once(self, chunk: ChunkAttempts) -> ChunkEvent | None:
        """Buy one answer; return what it makes of the chunk, or None where it is to be asked about again."""
        try:
            event = chunk.take(await self._buyer.buy(chunk))
        except NotAffordedError:
            event = ChunkEvent.NOT_AFFORDED
        except RequestFailedError as failed:
            event = await self._after(chunk, failed)
        if event is None and chunk.used_up is None:
            self._buyer.tally.retries[chunk.last_result] += 1
        return event

    async def _after(self, chunk: ChunkAttempts, failed: RequestFailedError) -> ChunkEvent | None:
        """Decide about a chunk whose request failed; where it is to be asked again, wait for the moment first."""
        pause_s = failed.retry_after_s or 0.0
        if pause_s > _MAX_PAUSE_S:
            raise ModelUnavailableError(
                f"The model endpoint wants {pause_s:.0f} s of rest ({failed.failure}), and a task waits no longer "
                f"than {_MAX_PAUSE_S:.0f} s. What had arrived is stored; run again after that."
            )
        event = chunk.fail(failed.failure, time.monotonic(), self._buyer.access.patience_s)
        if event is None:
            waits_for_all = failed.failure is Failure.RATE_LIMITED and pause_s  # then the pace waits
            await asyncio.sleep(0 if waits_for_all else max(pause_s, chunk.wait_s(failed.failure)))
        return event

    def _give_up_if_nothing_comes_back(self, outcome: ChunkOutcome) -> None:
        if outcome.event is not ChunkEvent.NOT_ANSWERED:
            self._silent.clear()
            return
        self._silent[outcome.faults[-1]] += 1
        if self._silent.total() >= _SILENT_CHUNKS:
            counts = ", ".join(f"{count} {name}" for name, count in self._silent.most_common(3))
            raise ModelUnavailableError(
                f"The model endpoint answered none of the last {self._silent.total()} chunks ({counts}). "
                "What had arrived is stored; run again when the endpoint answers."
            )
