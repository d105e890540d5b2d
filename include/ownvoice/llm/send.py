"""Buying one answer: within the budget, at the pace, and stored before anything else is done with it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ownvoice.errors import ModelAccessError
from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.llm.attempts import ChunkAttempts
from ownvoice.llm.budget import Spend, SpendingLimit, rate_limited_tokens, spend, worst_case
from ownvoice.llm.client import ModelAccess, request_completion
from ownvoice.llm.failures import RULES, Failure, FieldRefusedError, RequestFailedError
from ownvoice.llm.rate_limit import RateLimiter
from ownvoice.llm.request import RequestBody
from ownvoice.llm.tally import Tally

if TYPE_CHECKING:
    import aiohttp


class NotAffordedError(Exception):
    """The worst case of a request does not fit into the purse; private to this room."""


@dataclass(frozen=True, slots=True)
class RequestSender:
    """What all requests of a batch go through."""

    session: aiohttp.ClientSession
    access: ModelAccess
    answers: AnswerStore
    rate_limiter: RateLimiter
    spending_limit: SpendingLimit
    tally: Tally

    async def buy(self, chunk: ChunkAttempts) -> AnswerRecord:
        """Ask once about `chunk`; return the record of the answer, as it stands in the store.

        Raises `NotAffordedError` where its worst case does not fit, `RequestFailedError` where no answer came.
        """
        worst = worst_case(self.tally.prices.get(chunk.body["model"]), chunk.body)
        if not await self.spending_limit.reserve(worst):
            raise NotAffordedError
        actual = Spend()
        try:
            sent_at = await self.rate_limiter.turn(rate_limited_tokens(chunk.body))
            actual = worst  # a request that ends in no known way may have been billed
            with self._in_flight():
                response = await self._request(chunk.body, sent_at)
                actual = self._billed(chunk.body["model"], response, worst)
                record = self._record(chunk, response, time.monotonic() - sent_at)
                return await _even_if_cancelled(self.answers.put(chunk.key, chunk.attempt, record))
        except RequestFailedError as failed:
            actual = worst if RULES[failed.failure].may_be_billed else Spend()
            raise
        except ModelAccessError as refused:
            actual = Spend()
            if chunk.is_longer and isinstance(refused, FieldRefusedError):  # that ends the chunk, not the batch
                raise RequestFailedError(Failure.BAD_REQUEST) from None
            raise
        finally:
            self.spending_limit.settle(worst, actual)

    @contextlib.contextmanager
    def _in_flight(self) -> Iterator[None]:
        """Hold a place until the answer is stored: a kill costs no more answers than there are places."""
        answered = False
        try:
            yield
            answered = True
        finally:
            self.rate_limiter.done(answered=answered)

    async def _request(self, body: RequestBody, sent_at: float) -> dict[str, Any]:
        """Send the request and tell the pace what the endpoint says about its limits."""
        try:
            response, limits = await request_completion(self.session, self.access, body)
        except RequestFailedError as failed:
            self.rate_limiter.heed(failed.limits)
            if failed.failure is Failure.RATE_LIMITED:
                self.rate_limiter.refused(sent_at, failed.retry_after_s)
            raise
        self.rate_limiter.heed(limits)
        return response

    def _billed(self, model: str, response: dict[str, Any], worst: Spend) -> Spend:
        read = self.access.provider.read(response)
        if not read.prompt_tokens and not read.completion_tokens:
            return worst  # some endpoints do not count
        return spend(self.tally.prices.get(model), read.prompt_tokens, read.completion_tokens)

    def _record(self, chunk: ChunkAttempts, response: dict[str, Any], latency_s: float) -> AnswerRecord:
        return {
            "request_key": chunk.key,
            "attempt": chunk.attempt,
            "provider": self.access.provider.NAME,
            "bought_for": chunk.buyer,
            "asked_by": asdict(chunk.task_try),
            "request": chunk.body,
            "response": response,
            "received_at": datetime.now(UTC).isoformat(),
            "latency_s": round(latency_s, 3),
        }


async def _even_if_cancelled(keeping: Coroutine[Any, Any, AnswerRecord]) -> AnswerRecord:
    """Await `keeping` to its end, also when this task is cancelled meanwhile: an answer is paid for."""
    task = asyncio.ensure_future(keeping)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
