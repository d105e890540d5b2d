"""What a batch has come to so far, in numbers that are true at any moment."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ownvoice.config.prices import ModelPrice
from ownvoice.llm.budget import Spend, spend
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.states import ChunkEvent, ChunkState, next_chunk_state


@dataclass(slots=True)
class Own:
    """What one try of a task has asked for itself: chunks by event, and tokens."""

    chunks: Counter[ChunkEvent] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Tally:
    """Chunks by event, what ended the asking of each, requests asked again by the error that led to it, and tokens.

    `unit` is what is counted, in the plural; `spent` is what was paid for, in dollars where the model's price is known.
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
    own: Own = field(default_factory=Own)

    def count(self, outcome: ChunkOutcome) -> None:
        """Add one chunk."""
        self.events[outcome.event] += 1
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
            states[next_chunk_state(ChunkState.PLANNED, event)] += count
        return states

    def commonest_faults(self, *events: ChunkEvent) -> str:
        """Name the three commonest reasons for which chunks came to `events`, each with its count."""
        faults = sum((self.last_faults[event] for event in events), Counter())
        return ", ".join(f"{count} {fault}" for fault, count in faults.most_common(3))

    @property
    def settled(self) -> int:
        """How many chunks are done with, whatever became of them."""
        return self.events.total()

    @property
    def chunks_per_s(self) -> float:
        """How many chunks were settled in a second, on average since the start."""
        return self.settled / max(time.monotonic() - self.started_s, 1e-3)

    @property
    def eta_s(self) -> float | None:
        """How long the rest takes at that rate; None before the first chunk."""
        return (self.total - self.settled) / self.chunks_per_s if self.settled else None
