"""Whether a refusal is one chunk's fault, or every request of its route would meet it.

Servers tell a wrong key, an unknown model and a parameter that they do not know in the same way as a text that they do
not take. Until a route has answered in a run, its first request goes alone, and a refusal is put to the test: up to
three other chunks, of other articles if there are some, are asked at once. If none is answered and one is refused for
the same reason, or no other chunk can be asked and the route never answered in this lake, the fault is one of access:
it ends the batch, and no chunk dies of it. Once the route has answered, a refusal is the chunk's own, unless ten of
several articles follow each other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from http import HTTPStatus

from ownvoice.errors import ModelAccessError
from ownvoice.llm.answers import AnswerRecord
from ownvoice.llm.attempts import ChunkAttempts
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.context import RequestContext
from ownvoice.llm.failures import KEY_ADVICE, Failure, RequestFailedError, quoted
from ownvoice.llm.providers.provider import ErrorDetails
from ownvoice.llm.routes import route_id
from ownvoice.llm.send import NotAffordedError, RequestSender

_ALONE_S = 0.25  # how long the first request holds back the next: a refusal comes at once, and few follow unanswered
_MOST_OTHERS = 3
_MAX_REFUSED_IN_A_ROW = 10
SEEN_BY_THE_MODEL = frozenset({Failure.REFUSED, Failure.CONTEXT_TOO_LONG})
"""A request with such an end came as far as the model: key, name and fields are right."""


def refused_by_all(endpoint: str, model: str, told: ErrorDetails) -> ModelAccessError:
    """Return the error for a route that refuses every request."""
    key = f" {KEY_ADVICE}" if told.status == HTTPStatus.FORBIDDEN else ""
    return ModelAccessError(
        f"{endpoint}: model {model!r} is refused, whatever it is asked (HTTP {told.status}), so no chunk is at "
        f"fault.{quoted(told)} Correct what it names: the key, the model, or another field of the recipe.{key} "
        "Then run again: every chunk stays pending, and nothing is asked twice."
    )


class RouteWatch:
    """Sends the requests of one call to one route, and judges its refusals."""

    def __init__(self, sender: RequestSender, context: RequestContext) -> None:
        self._sender = sender
        self._context = context
        self._first_taken = False
        self._first_ended = asyncio.Event()
        self._answers = False  # whether the route has answered in this run, as far as is known
        self._noted = False
        self._judging = asyncio.Lock()
        self._in_flight: dict[str, asyncio.Event] = {}  # by request key; set when the request has ended
        self._asked: set[str] = set()  # the keys of the chunks that were asked out of turn
        # The latest in a row: an answer between two refusals ends it.
        self._refusals: deque[tuple[ChunkRequest, ErrorDetails]] = deque(maxlen=_MAX_REFUSED_IN_A_ROW)
        self._said_nothing: RequestFailedError | NotAffordedError | None = None  # the last end that tells neither way

    async def send(self, chunk: ChunkAttempts) -> AnswerRecord:
        """Do what `RequestSender.send` does. Raises `ModelAccessError` too, where the route refuses every request."""
        if not self._first_ended.is_set():
            await self._wait_for_the_first(chunk.request)
        while asked_out_of_turn := self._in_flight.get(chunk.key):
            await asked_out_of_turn.wait()
        if chunk.key in self._asked and (stored := await self._sender.answers.get(chunk.key, chunk.attempt)):
            return stored
        try:
            record = await self._send_and_judge(chunk)
        except (RequestFailedError, NotAffordedError):  # any other error ends the call, and holds the others back
            self._first_ended.set()
            raise
        self._first_ended.set()
        return record

    async def _send_and_judge(self, chunk: ChunkAttempts) -> AnswerRecord:
        try:
            return await self._send(chunk)
        except RequestFailedError as failed:
            if failed.failure is Failure.BAD_REQUEST and not chunk.is_longer:
                await self._judge(chunk.request, failed.told)
            raise

    async def _send(self, chunk: ChunkAttempts) -> AnswerRecord:
        """Send a request, and note what its end says about the route."""
        ended = self._in_flight[chunk.key] = asyncio.Event()
        try:
            record = await self._sender.send(chunk)
            await self._note_answer(chunk.request)
            return record
        except RequestFailedError as failed:
            if failed.failure is Failure.BAD_REQUEST and not chunk.is_longer:
                self._refusals.append((chunk.request, failed.told))
            elif failed.failure in SEEN_BY_THE_MODEL:
                self._answers = True
            else:
                self._said_nothing = failed
            raise
        except NotAffordedError as not_afforded:
            self._said_nothing = not_afforded
            raise
        finally:
            del self._in_flight[chunk.key]
            ended.set()

    async def _wait_for_the_first(self, request: ChunkRequest) -> None:
        if self._first_taken:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ALONE_S):
                    await self._first_ended.wait()
            return
        self._first_taken = True
        if await self._last_run(request) == self._context.run_id:
            self._answers = self._noted = True
            self._first_ended.set()

    async def _judge(self, request: ChunkRequest, told: ErrorDetails) -> None:
        """Raise `ModelAccessError` where the refusal of a chunk is one of every request.

        Where the others that were asked say nothing about that, raise what one of them met, so that the chunk is asked
        again or left for later.
        """
        async with self._judging:
            last_run = None if self._answers else await self._last_run(request)
            self._answers |= last_run is not None and last_run == self._context.run_id
            self._said_nothing = None
            if not self._answers:
                await self._ask_others(request)
            alike = [one for one, other in self._refusals if other.reason == told.reason and one is not request]
            if self._answers:
                articles = {request.article_id, *(one.article_id for one in alike)}
                if len(alike) + 1 >= _MAX_REFUSED_IN_A_ROW and len(articles) > 1:
                    raise self._fault(request, told)
            elif any(one.request_key != request.request_key for one in alike):
                raise self._fault(request, told)
            elif self._said_nothing:
                raise self._said_nothing
            elif last_run is None:
                raise self._fault(request, told)

    async def _ask_others(self, request: ChunkRequest) -> None:
        """Ask a few other chunks, or wait for those that are being asked, until the route answers one."""
        for other in self._others(request):
            if in_flight := self._in_flight.get(other.request_key):
                await in_flight.wait()
            elif not await self._sender.answers.get(other.request_key, 1):
                self._asked.add(other.request_key)
                with contextlib.suppress(RequestFailedError, NotAffordedError):  # noted; its own worker meets it again
                    await self._send(ChunkAttempts(other, self._context.run_id, self._context.task_try))
            if self._answers:
                return

    def _others(self, request: ChunkRequest) -> list[ChunkRequest]:
        """Return a few other chunks of the route, those of other articles first."""
        elsewhere: list[ChunkRequest] = []
        beside: list[ChunkRequest] = []
        for other in self._different(request):
            found = beside if other.article_id == request.article_id else elsewhere
            if len(found) < _MOST_OTHERS:
                found.append(other)
            if len(elsewhere) == _MOST_OTHERS:
                break
        return [*elsewhere, *beside][:_MOST_OTHERS]

    def _different(self, request: ChunkRequest) -> Iterator[ChunkRequest]:
        for other in self._context.others(request.route):
            if other.request_key != request.request_key:
                yield other

    async def _last_run(self, request: ChunkRequest) -> str | None:
        records = self._context.routes
        return await records.last_run(self._route_of(request)) if records else None

    async def _note_answer(self, request: ChunkRequest) -> None:
        self._answers = True
        self._refusals.clear()
        if not self._noted and self._context.routes:
            self._noted = True
            await self._context.routes.note(self._route_of(request), self._context.run_id)

    def _route_of(self, request: ChunkRequest) -> str:
        return route_id(self._sender.access.endpoint, request.body)

    def _fault(self, request: ChunkRequest, told: ErrorDetails) -> ModelAccessError:
        return refused_by_all(self._sender.access.endpoint, request.body["model"], told)
