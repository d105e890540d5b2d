"""The outcome of one chunk: its event, the tries that led to it, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent

ANSWERED = "answered"


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

    `task_try` is the try that asked last for this chunk in this run. An answer's record names its own, so that a try
    which only finds what an earlier one stored does not pass for the one that asked. What no record tells is forgotten
    with the process: a killed try whose requests brought nothing into the lake is not named, nor are its failures.

    `requests`, tokens and seconds are of what this run asked for this chunk: every answer that it bought, whichever try
    stored it, and the failures of the last try. `reserved_tokens` is what the answers might have come to,
    `wasted_tokens` what the unusable ones among them did.
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
        """What went wrong, in order."""
        return tuple(one.result for one in self.tries if one.result != ANSWERED)
