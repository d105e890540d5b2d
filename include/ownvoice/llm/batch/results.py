"""Storing the results of a batch job that has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ownvoice.errors import ModelAccessError, ModelUnavailableError, OwnvoiceError
from ownvoice.llm.answers import AnswerRecord, AnswerStore
from ownvoice.llm.batch.client import result_lines
from ownvoice.llm.batch.files import BatchLine, no_answer_after, read_line, request_of, requests_by_key
from ownvoice.llm.batch.intents import Intent, close_intent, submitted_file
from ownvoice.llm.batch.job_state import BatchJobState
from ownvoice.llm.batch.refusals import JobRefusals
from ownvoice.llm.failures import Failure, FieldRefusedError, NoAnswer
from ownvoice.llm.providers import openai
from ownvoice.llm.request import RequestBody, shorter_request
from ownvoice.llm.routes import RouteRecords, route_id
from ownvoice.storage.lake import Lake

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_WRITES_AT_ONCE = 64
_TOO_MUCH_ENQUEUED = "token_limit_exceeded"


@dataclass(frozen=True, slots=True)
class Collected:
    """The requests without an answer, by key, and an error that concerns every request, if there is one."""

    no_answers: dict[str, NoAnswer]
    problem: OwnvoiceError | None


async def collect(lake: Lake, client: AsyncOpenAI, intent: Intent, state: BatchJobState) -> Collected:
    """Store every answer of an ended batch job and close its intent; a repetition stores nothing twice."""
    answers = AnswerStore(lake.store)
    requests = requests_by_key(submitted_file(lake, intent))
    missing = set(intent.requests)
    no_answers: dict[str, NoAnswer] = {}
    problem: OwnvoiceError | None = _not_accepted(state) if state.status == "failed" else None
    refusals = JobRefusals()
    async for lines in _lines(client, intent, state, _first_of(requests)["model"]):
        records = []
        for line in lines:
            missing.discard(line.request_key)
            refusals.add(line)
            if isinstance(line.result, NoAnswer):
                no_answers[line.request_key] = line.result
            elif isinstance(line.result, FieldRefusedError) and line.request_key in intent.longer:
                no_answers[line.request_key] = NoAnswer.after(Failure.BAD_REQUEST)  # the model makes no longer answers
            elif isinstance(line.result, ModelAccessError):
                problem = line.result
            else:
                records.append(_record(intent, line.request_key, requests[line.request_key], line.result))
        await asyncio.gather(*(answers.put(one["request_key"], one["attempt"], one) for one in records))
    no_answers |= dict.fromkeys(missing, no_answer_after(state.status))
    if problem is None:
        problem = await _refused_by_all(lake, client, intent, refusals, requests)
    close_intent(lake, intent, state.status, no_answers)
    return Collected(no_answers, problem)


async def _refused_by_all(
    lake: Lake,
    client: AsyncOpenAI,
    intent: Intent,
    refusals: JobRefusals,
    requests: dict[str, bytes],
) -> ModelAccessError | None:
    endpoint, body = _address_of(client), _first_of(requests)
    if next(iter(requests)) in intent.longer:  # a request for a longer answer has no other route
        body = shorter_request(body)
    route = route_id(endpoint, body)
    return await refusals.judge(RouteRecords(lake.store), route, intent.run_id, endpoint=endpoint, model=body["model"])


async def _lines(
    client: AsyncOpenAI, intent: Intent, state: BatchJobState, model: str
) -> AsyncIterator[list[BatchLine]]:
    """Yield the lines of the output and error files about the intent's requests, up to 64 at a time."""
    endpoint = _address_of(client)
    part: list[BatchLine] = []
    for file_id in state.file_ids:
        async for data in result_lines(client, file_id):
            line = read_line(data, endpoint=endpoint, model=model)
            if line and line.request_key in intent.requests:
                part.append(line)
            if len(part) == _WRITES_AT_ONCE:
                yield part
                part = []
    yield part


def _record(intent: Intent, key: str, line: bytes, completion: dict[str, Any]) -> AnswerRecord:
    attempt, article_id, chunk_index = intent.requests[key]
    return {
        "request_key": key,
        "attempt": attempt,
        "provider": openai.NAME,
        "bought_for": [intent.run_id, article_id, chunk_index],
        "asked_by": intent.asked_by,
        "batch_id": intent.batch_id,
        "request": request_of(line),
        "response": completion,
        "received_at": datetime.now(UTC).isoformat(),
        "latency_s": 0.0,  # a batch job does not say
    }


def _address_of(client: AsyncOpenAI) -> str:
    return str(client.base_url).rstrip("/")


def _first_of(requests: dict[str, bytes]) -> RequestBody:
    """Return the first body of a file of requests: all of them ask the same model in the same way."""
    return request_of(next(iter(requests.values())))


def _not_accepted(state: BatchJobState) -> OwnvoiceError:
    reasons = ", ".join(state.failures) or "no reason given"
    if _TOO_MUCH_ENQUEUED in state.failures:
        return ModelUnavailableError(
            f"{state.batch_id} was not taken on ({reasons}), and cost nothing: too much is enqueued for this account. "
            "Run again when other batches have ended."
        )
    return ModelAccessError(
        f"{state.batch_id} was not taken on ({reasons}), and cost nothing. "
        "Correct the recipe, or run with mode realtime, then run again."
    )
