"""Sending one request: within spending limit and rate limit; its answer is stored before anything else happens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ownvoice.errors import ModelAccessError, ModelUnavailableError
from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.llm.attempts import ChunkAttempts
from ownvoice.llm.budget import Spend, SpendingLimit, billed_tokens, rate_limited_tokens, spend, worst_case
from ownvoice.llm.client import ModelAccess, request_completion
from ownvoice.llm.failures import RULES, Failure, FieldRefusedError, RequestFailedError
from ownvoice.llm.rate_limit import RateLimiter
from ownvoice.llm.request import RequestBody
from ownvoice.llm.request_form import RequestForm
from ownvoice.llm.tally import Tally
from ownvoice.llm.window import Flight

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_MAX_REST_S = 600.0


class NotAffordedError(Exception):
    """The worst case of a request does not fit into the spending limit; private to this room."""


@dataclass(frozen=True, slots=True)
class RequestSender:
    """Sends the requests of one call to one route."""

    client: AsyncOpenAI
    access: ModelAccess
    answers: AnswerStore
    rate_limiter: RateLimiter
    spending_limit: SpendingLimit
    tally: Tally
    form: RequestForm = field(default_factory=RequestForm)

    async def send(self, chunk: ChunkAttempts) -> AnswerRecord:
        """Send the request of `chunk` once; return the stored record of its answer.

        Raises `NotAffordedError` where its worst case does not fit, `RequestFailedError` where no answer came,
        `ModelAccessError` where no request can succeed, `ModelUnavailableError` where none may be sent for ten minutes
        and more, `StorageError` where the answer cannot be stored.
        """
        worst = worst_case(self.tally.prices.get(chunk.body["model"]), chunk.body)
        if not await self.spending_limit.reserve(worst):
            raise NotAffordedError
        actual = Spend()
        try:
            flight = await self.rate_limiter.acquire(rate_limited_tokens(chunk.body), may_be_cut=chunk.may_be_cut)
            actual = worst  # it may be billed if it ends in a way that is not handled below
            with self._in_flight(flight):
                response = await self._request(chunk.body, flight)
                latency_s = self.rate_limiter.answered(flight)
                actual = self._billed(chunk.body, response)
                record = self._record(chunk, response, latency_s)
                return await _even_if_cancelled(self.answers.put(chunk.key, chunk.attempt, record))
        except RequestFailedError as failed:
            actual = worst if RULES[failed.failure].may_be_billed else Spend()
            raise
        except ModelUnavailableError:
            actual = Spend()
            raise
        except ModelAccessError as refused:
            actual = Spend()
            if chunk.is_longer and isinstance(refused, FieldRefusedError):
                # The model refuses twice the tokens, which ends this chunk and no other.
                raise RequestFailedError(Failure.BAD_REQUEST) from None
            raise
        finally:
            self.spending_limit.charge(actual, reserved=worst)

    @contextlib.contextmanager
    def _in_flight(self, flight: Flight) -> Iterator[None]:
        """Count as in flight until the answer is stored, so that a kill loses no more answers than may be in flight."""
        try:
            yield
        finally:
            self.rate_limiter.end(flight)

    async def _request(self, body: RequestBody, flight: Flight) -> dict[str, Any]:
        """Send the request, and pass what the response says about rate limits to the rate limiter."""
        try:
            async with self.rate_limiter.within_bound(flight):
                response, limits = await request_completion(self.client, self.access, body, self.form)
        except RequestFailedError as failed:
            self.rate_limiter.follow(failed.limits)
            self.rate_limiter.failed(flight, failed)
            _refuse_a_long_rest(failed)
            raise
        self.rate_limiter.follow(limits)
        return response

    def _billed(self, body: RequestBody, response: dict[str, Any]) -> Spend:
        tokens = billed_tokens(body, self.access.provider.read(response))
        return spend(self.tally.prices.get(body["model"]), *tokens)

    def _record(self, chunk: ChunkAttempts, response: dict[str, Any], latency_s: float) -> AnswerRecord:
        return {
            "request_key": chunk.key,
            "attempt": chunk.attempt,
            "provider": self.access.provider.NAME,
            "bought_for": chunk.bought_for,
            "asked_by": asdict(chunk.task_try),
            "request": chunk.body,
            "response": response,
            "received_at": datetime.now(UTC).isoformat(),
            "latency_s": round(latency_s, 3),
        }


def _refuse_a_long_rest(failed: RequestFailedError) -> None:
    if (failed.retry_after_s or 0.0) > _MAX_REST_S:
        raise ModelUnavailableError(
            f"The model endpoint wants {failed.retry_after_s:.0f} s of rest ({failed.failure}), and a task waits no "
            f"longer than {_MAX_REST_S:.0f} s. What had arrived is stored; run again after that."
        )


async def _even_if_cancelled(storing: Coroutine[Any, Any, AnswerRecord]) -> AnswerRecord:
    """Await `storing` to its end, also when this task is cancelled meanwhile: the answer is paid for."""
    task = asyncio.ensure_future(storing)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
