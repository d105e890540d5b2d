"""How the requests about one chunk ended: event, tries, tokens."""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent

ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Try:
    """One request for a chunk: when it ended (UTC, ISO 8601), and how.

    `result` is "answered", what was wrong with the answer (`Fault`), or why there was none (`Failure`); `words` are
    those of the endpoint about a failure.
    """

    at: str
    result: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChunkOutcome:
    """The outcome of one chunk in a run.

    `request_key` is that of the request whose answers count: the chunk's own, or the one that allowed a longer answer;
    empty where no answer was looked for. `attempts` counts stored answers, those of earlier runs included; `tries`
    lists these answers and the failures between them, in order.

    `task_try` is the task try that sent the last request in this run. It is read from the answer's record, so that a
    try which only finds the answers of an earlier one is not named in its place. Only records survive a killed
    process: a killed try without a stored answer is not named, and its failures are not listed.

    `requests`, tokens and `latency_s` cover what this run requested for the chunk: every answer that it paid for,
    whichever try stored it, and the failures of the last try. `reserved_tokens` sums the worst cases of these answers,
    `wasted_tokens` the tokens of the unusable ones.
    """

    article_id: str
    chunk_index: int
    request_key: str
    model: str
    event: ChunkEvent
    task_try: TaskTry = NO_TASK
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
        """The results of the tries that brought no usable answer, in order."""
        return tuple(one.result for one in self.tries if one.result != ANSWERED)

    @property
    def endpoint_words(self) -> str:
        """What the endpoint said of the last try; empty where it was answered, or the endpoint said nothing."""
        return self.tries[-1].words if self.tries else ""
