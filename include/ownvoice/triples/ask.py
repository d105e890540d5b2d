"""Asking about many chunks at once, so that no answer is paid for twice and no chunk fails its neighbours."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ownvoice.errors import ModelUnavailableError
from ownvoice.life import ChunkEvent
from ownvoice.triples.answers import AnswerStore
from ownvoice.triples.client import ModelAccess, open_client, request_completion
from ownvoice.triples.failures import RequestFailedError
from ownvoice.triples.parse import Answer, Fault, parse_answer, token_usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MAX_ANSWERS_PER_CHUNK = 3


@dataclass(frozen=True, slots=True)
class ChunkAsk:
    """One chunk to be asked about: which it is, and the request that asks."""

    article_id: str
    chunk_index: int
    request_key: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChunkOutcome:
    """What became of one chunk.

    `attempts` counts its stored answers, those of earlier nights included. `faults` names in order what was wrong
    with them (`parse.Fault`) and what ended the asking (`failures.Failure`). Tokens and seconds are of the answers
    that arrived in this call: a stored answer costs nothing again.
    """

    article_id: str
    chunk_index: int
    request_key: str
    event: ChunkEvent
    attempts: int
    faults: tuple[str, ...]
    prompt_tokens: int
    completion_tokens: int
    latency_s: float


async def ask_chunks(
    asks: Iterable[ChunkAsk],
    answers: AnswerStore,
    access: ModelAccess,
    *,
    on_outcome: Callable[[ChunkOutcome], None] | None = None,
) -> list[ChunkOutcome]:
    """Settle every chunk of `asks`; return their outcomes in the same order.

    `asks` is drawn from as requests become free, never held whole. `on_outcome` hears of each outcome when it is
    known. Raises `ModelAccessError` at once where no request can succeed, `ModelUnavailableError` where nothing but
    failures has come back for a while, `StorageError` where an answer cannot be kept; what has arrived by then is
    stored.
    """
    async with open_client(access) as client:
        batch = _Batch(asks, answers, client, on_outcome, patience=2 * access.max_requests_in_flight)
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(access.max_requests_in_flight):
                    workers.create_task(batch.work())
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
    return batch.all_outcomes()


class _Batch:
    """The state that the workers of one call share."""

    def __init__(
        self,
        asks: Iterable[ChunkAsk],
        answers: AnswerStore,
        client: AsyncOpenAI,
        on_outcome: Callable[[ChunkOutcome], None] | None,
        *,
        patience: int,
    ) -> None:
        self._queue = enumerate(asks)
        self._answers = answers
        self._client = client
        self._on_outcome = on_outcome
        self._patience = patience
        self._outcomes: dict[int, ChunkOutcome] = {}
        self._first_with_key: dict[str, int] = {}
        self._repeats: list[tuple[int, ChunkAsk]] = []
        self._failures_in_a_row: Counter[str] = Counter()

    async def work(self) -> None:
        """Settle one chunk after another until none is left."""
        for position, ask in self._queue:
            if self._first_with_key.setdefault(ask.request_key, position) != position:
                self._repeats.append((position, ask))
                continue
            self._report(position, await self._settle(ask))
            self._give_up_if_nothing_comes_back()

    def all_outcomes(self) -> list[ChunkOutcome]:
        """Return every outcome in the order of the asks, once the workers are done."""
        for position, ask in self._repeats:
            first = self._outcomes[self._first_with_key[ask.request_key]]
            self._report(position, _repeated(first, ask))
        return [self._outcomes[position] for position in sorted(self._outcomes)]

    def _report(self, position: int, outcome: ChunkOutcome) -> None:
        self._outcomes[position] = outcome
        if self._on_outcome is not None:
            self._on_outcome(outcome)

    async def _settle(self, ask: ChunkAsk) -> ChunkOutcome:
        """Go through the answers of a chunk, asking for those that are missing, up to the first usable one."""
        chunk = Settling(ask)
        while chunk.attempts < MAX_ANSWERS_PER_CHUNK:
            attempt = chunk.attempts + 1
            stored = await self._answers.get(ask.request_key, attempt)
            try:
                record = stored or await self._buy(ask, attempt)
            except RequestFailedError as failed:
                chunk.faults.append(failed.failure)
                return chunk.outcome(ChunkEvent.NOT_ANSWERED if failed.later_may_help else ChunkEvent.TRIES_USED_UP)
            answer = chunk.take(record, bought=stored is None)
            if answer.usable:
                return chunk.outcome(ChunkEvent.STORED_ANSWER_FOUND if stored else ChunkEvent.ANSWER_ARRIVED)
            if answer.fault is Fault.REFUSED:
                break
        return chunk.outcome(ChunkEvent.TRIES_USED_UP)

    async def _buy(self, ask: ChunkAsk, attempt: int) -> dict[str, Any]:
        """Ask once and store what comes before anything else is done with it; return the record that stands."""
        started = time.monotonic()
        try:
            response = await request_completion(self._client, ask.body)
        except RequestFailedError as failed:
            if failed.later_may_help:
                self._failures_in_a_row[failed.failure] += 1
            else:
                self._failures_in_a_row.clear()
            raise
        self._failures_in_a_row.clear()
        record = {
            "request_key": ask.request_key,
            "attempt": attempt,
            "request": ask.body,
            "response": response,
            "received_at": datetime.now(UTC).isoformat(),
            "latency_s": round(time.monotonic() - started, 3),
        }
        return await _even_if_cancelled(self._answers.put(ask.request_key, attempt, record))

    def _give_up_if_nothing_comes_back(self) -> None:
        if self._failures_in_a_row.total() >= self._patience:
            counts = ", ".join(f"{count} {name}" for name, count in self._failures_in_a_row.most_common(3))
            raise ModelUnavailableError(
                f"The model endpoint answered none of the last {self._failures_in_a_row.total()} requests ({counts}). "
                "What had arrived is stored; run again when the endpoint answers."
            )


@dataclass(slots=True)
class Settling:
    """What is known of a chunk while it is being settled."""

    ask: ChunkAsk
    attempts: int = 0
    faults: list[str] = field(default_factory=list)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    latency_s: float = 0.0

    def take(self, record: dict[str, Any], *, bought: bool) -> Answer:
        """Count one more answer and return what it says."""
        self.attempts += 1
        answer = parse_answer(record["response"])
        if answer.fault is not None:
            self.faults.append(answer.fault)
        if bought:
            prompt_tokens, completion_tokens = token_usage(record["response"])
            self.prompt_tokens += prompt_tokens
            self.completion_tokens += completion_tokens
            self.latency_s += record["latency_s"]
        return answer

    def outcome(self, event: ChunkEvent) -> ChunkOutcome:
        """Return what became of the chunk."""
        return ChunkOutcome(
            article_id=self.ask.article_id,
            chunk_index=self.ask.chunk_index,
            request_key=self.ask.request_key,
            event=event,
            attempts=self.attempts,
            faults=tuple(self.faults),
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            latency_s=self.latency_s,
        )


def _repeated(first: ChunkOutcome, ask: ChunkAsk) -> ChunkOutcome:
    """Return the outcome of a chunk whose request another chunk of the call made already."""
    event = ChunkEvent.STORED_ANSWER_FOUND if first.event is ChunkEvent.ANSWER_ARRIVED else first.event
    return replace(
        first,
        article_id=ask.article_id,
        chunk_index=ask.chunk_index,
        event=event,
        prompt_tokens=0,
        completion_tokens=0,
        latency_s=0.0,
    )


async def _even_if_cancelled(keeping: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Await `keeping` to its end, also when this task is cancelled meanwhile: an answer is paid for."""
    task = asyncio.ensure_future(keeping)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
