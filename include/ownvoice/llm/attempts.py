"""One chunk between its first request and its outcome: each answer and each failure decides what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ownvoice.llm.answers import AnswerRecord, completion_of
from ownvoice.llm.budget import billed_tokens, worst_case
from ownvoice.llm.chunk_outcome import ANSWERED, ChunkOutcome, Try
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.completion import Completion
from ownvoice.llm.failures import RULES, Failure, Rule
from ownvoice.llm.request import RequestBody, longer_request, request_key
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent


@dataclass(slots=True)
class ChunkAttempts:
    """The state of a chunk that has no outcome yet.

    `key` and `body` are those of the request to be sent next, and `attempt` is the number of its answer. `used_up` is
    the chunk's event if no further answer is stored, set once its tries are used up: a dead chunk that is asked about
    again may have a usable answer beyond them.
    """

    request: ChunkRequest
    run_id: str
    task_try: TaskTry = NO_TASK
    key: str = field(init=False)
    body: RequestBody = field(init=False)
    attempt: int = 1
    used_up: ChunkEvent | None = None
    _answers: int = 0
    _counted_answers: int = 0
    _last_said: tuple[str, str, str] | None = None
    _requests: int = 0
    _last_task_try: TaskTry = NO_TASK
    _tries: list[Try] = field(default_factory=list)
    _failures: Counter[Failure] = field(default_factory=Counter)
    _failing_since_s: float | None = None
    _prompt_tokens: int = 0
    _completion_tokens: int = 0
    _reserved_tokens: int = 0
    _wasted_tokens: int = 0
    _latency_s: float = 0.0

    def __post_init__(self) -> None:
        self.key, self.body = self.request.request_key, self.request.body

    @property
    def bought_for(self) -> list[str | int]:
        """Run and chunk that pay for an answer which arrives now, as its record names them."""
        return [self.run_id, self.request.article_id, self.request.chunk_index]

    @property
    def is_longer(self) -> bool:
        """Whether the next request allows a longer answer than the recipe does."""
        return self.key != self.request.request_key

    @property
    def may_be_cut(self) -> bool:
        """Whether its next request may end before its time-out: not so what is longer than others, or was cut twice."""
        return not self.is_longer and self._failures[Failure.HUNG] < RULES[Failure.HUNG].tries - 1

    @property
    def last_result(self) -> str:
        """The result of the last try."""
        return self._tries[-1].result

    def add_answer(self, record: AnswerRecord) -> ChunkEvent | None:
        """Count one more answer; return the chunk's event, or None where another answer is needed."""
        self._answers += 1
        self.attempt += 1
        self._failures.clear()
        self._failing_since_s = None
        completion = completion_of(record)
        answer = self.request.read(completion)
        self._tries.append(Try(record["received_at"], answer.fault or ANSWERED))
        paid_now = record.get("bought_for") == self.bought_for
        if paid_now:
            self._count_request(TaskTry.of(record.get("asked_by")))
            self._count_cost(record, completion, wasted=not answer.usable)
        if answer.fault is None or answer.usable:
            return ChunkEvent.ANSWER_ARRIVED if paid_now else ChunkEvent.STORED_ANSWER_FOUND
        rule = RULES[answer.fault]
        if not (self.request.is_retry and self._is_of_another_run(record)):
            self._count_unusable(rule, (self.key, completion.text, completion.reasoning))
        if rule.longer and not self.is_longer:
            self.body = longer_request(self.body)
            self.key, self.attempt = request_key(self.body), 1
        return None

    def _count_unusable(self, rule: Rule, said: tuple[str, str, str]) -> None:
        """Count an unusable answer against the tries, which are used up too where the last one said the same."""
        self._counted_answers += 1
        if self._counted_answers >= rule.tries or said == self._last_said:
            self.used_up = self.used_up or rule.then
        self._last_said = said

    def _is_of_another_run(self, record: AnswerRecord) -> bool:
        return (record.get("bought_for") or [""])[0] != self.run_id

    def add_failure(self, failure: Failure, now_s: float, patience_s: float, words: str = "") -> ChunkEvent | None:
        """Count one more failure; return the chunk's event, or None where the request is sent again.

        A failure that leaves the chunk for later does so only when `patience_s` has passed since the first in a row,
        unless it may be billed: patience would buy the same answer again and again.
        """
        self._count_request(self.task_try)
        self._tries.append(Try(datetime.now(UTC).isoformat(), failure, words))
        self._failures[failure] += 1
        if self._failing_since_s is None:
            self._failing_since_s = now_s
        rule = RULES[failure]
        may_wait = rule.then is ChunkEvent.NOT_ANSWERED and not rule.may_be_billed
        patient = may_wait and now_s - self._failing_since_s < patience_s
        return None if patient or self._failures[failure] < rule.tries else self.event_after(failure)

    def event_after(self, failure: Failure) -> ChunkEvent:
        """Return the chunk's event where `failure` is the last."""
        if failure is Failure.CONTEXT_TOO_LONG and self.request.divisible:
            return ChunkEvent.TOO_LONG
        return RULES[failure].then

    def wait_s(self, failure: Failure) -> float:
        """Return how long to wait before the next request after `failure`."""
        return RULES[failure].wait_s(self._failures.total())

    def outcome(self, event: ChunkEvent) -> ChunkOutcome:
        """Return the outcome of the chunk, of which `event` is the end."""
        return ChunkOutcome(
            article_id=self.request.article_id,
            chunk_index=self.request.chunk_index,
            request_key=self.key,
            model=self.body["model"],
            event=event,
            task_try=self._last_task_try,
            attempts=self._answers,
            requests=self._requests,
            tries=tuple(self._tries),
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
            reserved_tokens=self._reserved_tokens,
            wasted_tokens=self._wasted_tokens,
            latency_s=self._latency_s,
        )

    def _count_request(self, task_try: TaskTry) -> None:
        self._requests += 1
        self._last_task_try = task_try

    def _count_cost(self, record: AnswerRecord, completion: Completion, *, wasted: bool) -> None:
        prompt_tokens, completion_tokens = billed_tokens(record["request"], completion)
        self._prompt_tokens += prompt_tokens
        self._completion_tokens += completion_tokens
        self._reserved_tokens += int(worst_case(None, record["request"]).tokens)
        self._wasted_tokens += wasted * (prompt_tokens + completion_tokens)
        self._latency_s += record["latency_s"]
