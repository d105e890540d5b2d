"""The counts of a batch while it is being asked about."""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ownvoice.config.prices import ModelPrice
from ownvoice.llm.budget import Spend, spend
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.llm.window import Window
from ownvoice.states import STATE_AFTER, ChunkEvent

_LATEST = 200  # chunks, over which the rate is measured


def commonest(faults: Counter[str]) -> str:
    """Name the three commonest faults, each with its count."""
    return ", ".join(f"{count} {fault}" for fault, count in faults.most_common(3))


@dataclass(slots=True)
class OwnCounts:
    """The part that one task try has requested itself: chunks by event, and tokens."""

    chunks: Counter[ChunkEvent] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of chunks by event, of the last fault of each, and of requests sent again, by the fault before.

    `total` is how many chunks there are, `unit` what they are called, in the plural. `spent` holds tokens, and dollars
    where the model's price is known. `own` is the part of `task_try`; the rest was stored by earlier tries.
    """

    total: int = 0
    prices: Mapping[str, ModelPrice] = field(default_factory=dict)
    task_try: TaskTry = NO_TASK
    started_s: float = field(default_factory=time.monotonic)
    events: Counter[ChunkEvent] = field(default_factory=Counter)
    last_faults: dict[ChunkEvent, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    retries: Counter[str] = field(default_factory=Counter)
    unit: str = "chunks"
    spent: Spend = field(default_factory=Spend)
    own: OwnCounts = field(default_factory=OwnCounts)
    windows: list[Window] = field(default_factory=list)
    clock: Callable[[], float] = time.monotonic
    _ended_at: deque[float] = field(default_factory=lambda: deque(maxlen=_LATEST))

    def count(self, outcome: ChunkOutcome) -> None:
        """Add one chunk."""
        self.events[outcome.event] += 1
        if outcome.requests:
            self._ended_at.append(self.clock())
        price = self.prices.get(outcome.model)
        self.spent += spend(price, outcome.prompt_tokens, outcome.completion_tokens)
        self.last_faults[outcome.event].update(outcome.faults[-1:])
        if outcome.task_try == self.task_try:
            self.own.chunks[outcome.event] += 1
            self.own.prompt_tokens += outcome.prompt_tokens
            self.own.completion_tokens += outcome.completion_tokens

    @property
    def states(self) -> Counter[str]:
        """How many chunks are in each state."""
        states: Counter[str] = Counter()
        for event, count in self.events.items():
            states[STATE_AFTER[event]] += count
        return states

    def commonest_faults(self, *events: ChunkEvent) -> str:
        """Name the three commonest last faults of the chunks with one of `events`, each with its count."""
        return commonest(sum((self.last_faults[event] for event in events), Counter()))

    @property
    def advice(self) -> str:
        """What a person can do about requests that timed out, in a sentence an endpoint; empty where none did."""
        return "".join(window.advice for window in self.windows)

    @property
    def done(self) -> int:
        """How many chunks have an outcome."""
        return self.events.total()

    @property
    def chunks_per_s(self) -> float:
        """How many chunks that had to be asked about were done per second, up to the last one; 0 before the first."""
        if not self._ended_at:
            return 0.0
        is_whole = len(self._ended_at) < _LATEST  # all since the start
        began, count = (self.started_s, 0) if is_whole else (self._ended_at[0], 1)
        return (len(self._ended_at) - count) / max(self._ended_at[-1] - began, 1e-3)

    @property
    def eta_s(self) -> float | None:
        """Seconds that the rest takes at that rate, None before the first chunk.

        It falls while one waits for the next chunk, by the time of one chunk at most, and never rises.
        """
        if not (rate := self.chunks_per_s):
            return None
        left = self.total - self.done
        waited = min(1.0, (self.clock() - self._ended_at[-1]) * rate)
        return max(0.0, left - waited) / rate

    @property
    def open_requests(self) -> tuple[int, float]:
        """How many requests are in flight, and the age of the oldest in seconds."""
        sent_at = [flight.sent_at for window in self.windows for flight in window.flights]
        return len(sent_at), self.clock() - min(sent_at, default=self.clock())

    @property
    def answer_s(self) -> float | None:
        """What an answer usually takes at the slowest of the endpoints; None before the first."""
        return max((window.latencies.median_s or 0.0 for window in self.windows), default=0.0) or None
