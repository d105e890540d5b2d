"""Answers by a model of an endpoint: the same rows as of a job, through the store, the pace and a spending limit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ownvoice.answering.job import AnswerRow, Prompt, Refused
from ownvoice.answering.request import row_of
from ownvoice.config.generators import LLM_API
from ownvoice.config.prices import ModelPrice
from ownvoice.llm.answers import AnswerRecord, AnswerStore, completion_of
from ownvoice.llm.budget import Spend
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.completion import parse_text
from ownvoice.llm.context import RequestContext
from ownvoice.llm.endpoints import Endpoints, ask_everywhere
from ownvoice.llm.request import RequestBody, request_key
from ownvoice.llm.routes import RouteRecords
from ownvoice.llm.tally import Tally
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import RunKeys
from ownvoice.triples.asking import OnProgress, refuse_unanswered, run_with_reports
from ownvoice.triples.spending import limit_kept_at

NO_LIMIT = Spend(math.inf, math.inf)


class AskedAtEndpoint(BaseModel):
    """One model of an endpoint in one role; `subject` names the role, and the prompts that belong to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = Field(min_length=1)
    model: str = Field(min_length=1)
    endpoint: str = LLM_API
    temperature: float | None = Field(None, ge=0, le=2, description="Empty: not sent, since some models refuse it.")
    max_new_tokens: int = Field(256, ge=1, le=32_000)
    draws: int = Field(1, ge=1, le=64)

    @model_validator(mode="after")
    def _draws_differ(self) -> Self:
        if self.draws > 1 and self.temperature == 0:
            raise ValueError(f"draws is {self.draws} at temperature 0, where all are the same: set a temperature")
        return self


@dataclass(frozen=True, slots=True)
class EndpointAnswers:
    """The answers in the order of the prompts, and the prompts that have none, each with the last fault met."""

    rows: list[AnswerRow] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wanted:
    prompt: Prompt
    draw: int
    request: ChunkRequest


def answer_at_endpoint(
    lake: Lake,
    run_id: str,
    name: str,
    asked: AskedAtEndpoint,
    prompts: Iterable[Prompt],
    endpoints: Endpoints,
    *,
    share: Spend = NO_LIMIT,
    prices: Mapping[str, ModelPrice] | None = None,
    on_progress: OnProgress | None = None,
    task_try: TaskTry = NO_TASK,
) -> EndpointAnswers:
    """Ask a model of an endpoint for what is not stored yet.

    `name` is that of the work within the run: what it has spent of its `share` is kept under it, over all tries. Raises
    `ModelAccessError` where the endpoint refuses all, and `ModelUnavailableError` where it left more than half without
    an answer.
    """
    wanted = list(_wanted(asked, prompts))
    requests = list({one.request.request_key: one.request for one in wanted}.values())
    tally = Tally(len(requests), prices or {}, task_try, unit="answers")
    outcomes: list[ChunkOutcome] = []
    context = RequestContext(
        run_id=run_id,
        task_try=task_try,
        spending_limit=limit_kept_at(lake, RunKeys(run_id).spending(name), share),
        tally=tally,
        others=lambda _: requests,
        routes=RouteRecords(lake.store),
    )
    by_route = {(asked.endpoint, asked.model): requests} if requests else {}
    asking = ask_everywhere(by_route, AnswerStore(lake.store), endpoints, outcomes.append, context)
    run_with_reports(asking, tally, on_progress)
    refuse_unanswered(name, tally)
    return _answers(AnswerStore(lake.store), wanted, requests, outcomes)


def _wanted(asked: AskedAtEndpoint, prompts: Iterable[Prompt]) -> Iterator[_Wanted]:
    number = 0
    for prompt in prompts:
        for draw in range(asked.draws if prompt.subject == asked.subject else 0):
            body = _body(asked, prompt, draw)
            yield _Wanted(
                prompt, draw, ChunkRequest(prompt.article_id, number, request_key(body), body, endpoint=asked.endpoint)
            )
            number += 1


def _body(asked: AskedAtEndpoint, prompt: Prompt, draw: int) -> RequestBody:
    """Return the request for a draw; each but the first has its number as the seed, and so a key of its own."""
    body = RequestBody(
        model=asked.model,
        messages=[{"role": "user", "content": prompt.prompt}],
        max_tokens=prompt.max_new_tokens or asked.max_new_tokens,
    )
    if asked.temperature is not None:
        body["temperature"] = asked.temperature
    if draw:
        body["seed"] = draw + 1
    return body


def _answers(
    store: AnswerStore, wanted: Sequence[_Wanted], requests: Sequence[ChunkRequest], outcomes: Iterable[ChunkOutcome]
) -> EndpointAnswers:
    """Put what is stored to the prompts; the answer to a request may be that to the one that allowed a longer one."""
    by_place = {(one.article_id, one.chunk_index): one for one in outcomes}
    ended = {one.request_key: by_place[one.article_id, one.chunk_index] for one in requests}
    found = EndpointAnswers()
    for one in wanted:
        outcome = ended[one.request.request_key]
        usable = filter(_is_usable, store.read_all(outcome.request_key) if outcome.request_key else ())
        if record := next(usable, None):
            found.rows.append(row_of(record, one.prompt, one.draw))
        else:
            reason = outcome.faults[-1] if outcome.faults else str(outcome.event)
            found.refused.append(Refused(subject=one.prompt.subject, id=one.prompt.prompt_id, reason=reason))
    return found


def _is_usable(record: AnswerRecord) -> bool:
    return parse_text(completion_of(record)).usable
