"""One chunk on its way from a request to an outcome: what each answer and each failure makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ownvoice.generators import LLM_API, Way
from ownvoice.life import ChunkEvent
from ownvoice.triples.asker import NOBODY, Asker
from ownvoice.triples.budget import worst_case
from ownvoice.triples.failures import RULES, Failure
from ownvoice.triples.parse import Answer, TextAnswer, parse_answer, token_usage
from ownvoice.triples.request import longer_request, request_key

ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class ChunkAsk:
    """One chunk to be asked about: which it is, the request that asks, where it goes, and how its answer is read."""

    article_id: str
    chunk_index: int
    request_key: str
    body: dict[str, Any]
    endpoint: str = LLM_API
    read: Callable[[dict[str, Any]], Answer | TextAnswer] = parse_answer

    @property
    def way(self) -> Way:
        """Where the request goes."""
        return self.endpoint, self.body["model"]


@dataclass(frozen=True, slots=True)
class Try:
    """One request for a chunk: when it ended (UTC, ISO 8601), and how.

    `result` is "answered", what was wrong with the answer (`parse.Fault`), or why there was none (`failures.Failure`).
    """

    at: str
    result: str


@dataclass(frozen=True, slots=True)
class ChunkOutcome:
    """What became of one chunk.

    `request_key` is that of the request whose answers count: the chunk's own, or one that allowed a longer answer;
    empty where no answer was looked for. `attempts` counts stored answers, those of earlier nights included; `tries`
    names them and the failures in between.

    `asker` is the try that asked last for this chunk in this run. An answer's record names its own, so that a try which
    only finds what an earlier one stored does not pass for the one that asked. What no record tells is forgotten with
    the process: a killed try whose requests brought nothing into the lake is not named, nor are its failures.

    `requests`, tokens and seconds are of what this run asked for this chunk: every answer that it bought, whichever try
    stored it, and the failures of the last try. `reserved_tokens` is what the answers might have come to,
    `wasted_tokens` what the unusable ones among them did.
    """

    article_id: str
    chunk_index: int
    request_key: str
    model: str
    event: ChunkEvent
    asker: Asker = NOBODY
    attempts: int = 0
    requests: int = 0
    tries: tuple[Try, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reserved_tokens: int = 0
    wasted_tokens: int = 0
    latency_s: float = 0.0

    @property
    def faults(self) -> tuple[str, ...]:
        """What went wrong, in order."""
        return tuple(one.result for one in self.tries if one.result != ANSWERED)


@dataclass(slots=True)
class Settling:
    """What is known of a chunk while it is being settled. `key` and `body` are those of its present request."""

    ask: ChunkAsk
    run_id: str
    asker: Asker = NOBODY
    key: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    attempt: int = 1
    _answers: int = 0
    _requests: int = 0
    _asked_by: Asker = NOBODY
    _tries: list[Try] = field(default_factory=list)
    _failures: Counter[Failure] = field(default_factory=Counter)
    _failing_since_s: float | None = None
    _prompt_tokens: int = 0
    _completion_tokens: int = 0
    _reserved_tokens: int = 0
    _wasted_tokens: int = 0
    _latency_s: float = 0.0

    def __post_init__(self) -> None:
        self.key, self.body = self.ask.request_key, self.ask.body

    @property
    def buyer(self) -> list[str | int]:
        """Who pays for an answer that arrives now: run and chunk, as its record names them."""
        return [self.run_id, self.ask.article_id, self.ask.chunk_index]

    @property
    def is_longer(self) -> bool:
        """Whether the present request allows a longer answer than the recipe does."""
        return self.key != self.ask.request_key

    def take(self, record: dict[str, Any]) -> ChunkEvent | None:
        """Count one more answer; return what it makes of the chunk, or None where another must be asked for."""
        self._answers += 1
        self.attempt += 1
        self._failures.clear()
        self._failing_since_s = None
        answer = self.ask.read(record["response"])
        self._tries.append(Try(record["received_at"], answer.fault or ANSWERED))
        bought = record.get("bought_for") == self.buyer
        if bought:
            self._asked(Asker.of(record))
            self._pay(record, wasted=not answer.usable)
        if answer.fault is None or answer.usable:
            return ChunkEvent.ANSWER_ARRIVED if bought else ChunkEvent.STORED_ANSWER_FOUND
        rule = RULES[answer.fault]
        if self._answers >= rule.tries:
            return rule.then
        if rule.longer and not self.is_longer:
            self.body = longer_request(self.body)
            self.key, self.attempt = request_key(self.body), 1
        return None

    def fail(self, failure: Failure, now_s: float, patience_s: float) -> ChunkEvent | None:
        """Count one more failure; return what it makes of the chunk, or None where it is asked again."""
        self._asked(self.asker)
        self._tries.append(Try(datetime.now(UTC).isoformat(), failure))
        self._failures[failure] += 1
        if self._failing_since_s is None:
            self._failing_since_s = now_s
        rule = RULES[failure]
        patient = rule.then is ChunkEvent.NOT_ANSWERED and now_s - self._failing_since_s < patience_s
        return None if patient or self._failures[failure] < rule.tries else rule.then

    def wait_s(self, failure: Failure) -> float:
        """Return how long to wait before the next request after `failure`."""
        return RULES[failure].wait_s(self._failures.total())

    def outcome(self, event: ChunkEvent) -> ChunkOutcome:
        """Return what became of the chunk."""
        return ChunkOutcome(
            article_id=self.ask.article_id,
            chunk_index=self.ask.chunk_index,
            request_key=self.key,
            model=self.body["model"],
            event=event,
            asker=self._asked_by,
            attempts=self._answers,
            requests=self._requests,
            tries=tuple(self._tries),
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
            reserved_tokens=self._reserved_tokens,
            wasted_tokens=self._wasted_tokens,
            latency_s=self._latency_s,
        )

    def _asked(self, by: Asker) -> None:
        self._requests += 1
        self._asked_by = by

    def _pay(self, record: dict[str, Any], *, wasted: bool) -> None:
        prompt_tokens, completion_tokens = token_usage(record["response"])
        self._prompt_tokens += prompt_tokens
        self._completion_tokens += completion_tokens
        self._reserved_tokens += int(worst_case(None, record["request"]).tokens)
        self._wasted_tokens += wasted * (prompt_tokens + completion_tokens)
        self._latency_s += record["latency_s"]
