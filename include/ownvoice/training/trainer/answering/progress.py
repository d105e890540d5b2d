"""How far a job is: counted as it goes on, said every few seconds, and less often the longer it takes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ownvoice.answering.job import Refused
from ownvoice.answering.progress import report_intervals_s
from ownvoice.training.trainer.machine import peak_memory_bytes
from ownvoice.training.trainer.record import Record


@dataclass(slots=True)
class Progress:
    """The counts of one try, in answers; `answering_s` are the seconds in which `tokens` were made."""

    record: Record
    total: int = 0
    asked: int = 0
    reused: int = 0
    tokens: int = 0
    answering_s: float = 0.0
    scored: int = 0
    refused: list[Refused] = field(default_factory=list)
    _intervals_s: Iterator[float] = field(default_factory=report_intervals_s)
    _next_s: float = 0.0

    def __post_init__(self) -> None:
        self._next_s = time.monotonic() + next(self._intervals_s)

    @property
    def tokens_per_s(self) -> float | None:
        """The speed so far; None before the first answer was made."""
        return round(self.tokens / self.answering_s, 2) if self.answering_s else None

    def made(self, tokens: Sequence[int], seconds: float) -> None:
        """Count a batch of answers by their tokens; say how far the job is where that is due."""
        self.asked += len(tokens)
        self.tokens += sum(tokens)
        self.answering_s += seconds
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + next(self._intervals_s)
            self.say()

    def say(self) -> None:
        """Say how far the job is, and measure it."""
        done, memory = self.asked + self.reused, peak_memory_bytes()
        self.record.measure(done, {"tokens_per_s": self.tokens_per_s, "peak_memory_bytes": memory})
        speed = f"{self.tokens_per_s or 0:,.0f} tokens/s, {memory / 1e9:.1f} GB"
        self.record.say(f"answers: {done}/{self.total} ({self.reused} stored before), {speed}")
