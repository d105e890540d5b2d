"""Progress of a refresh: a line a step, and one line that moves while chunks are answered."""

from __future__ import annotations

import time
from collections import Counter
from typing import TextIO

from ownvoice.life import ChunkState, next_chunk_state
from ownvoice.monitoring.text import printable
from ownvoice.triples.ask import ChunkOutcome

_SECONDS_BETWEEN_LINES = 2.0


class Progress:
    """Writes to `out`: every step at once, chunks at most every two seconds."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._states: Counter[str] = Counter()
        self._last_line = time.monotonic()

    def step(self, sentence: str) -> None:
        """Say that a step is done."""
        print(printable(sentence), file=self._out, flush=True)

    def outcome(self, outcome: ChunkOutcome) -> None:
        """Count one chunk, and say where things stand if the last word is two seconds old."""
        self._states[next_chunk_state(ChunkState.PLANNED, outcome.event)] += 1
        if time.monotonic() - self._last_line >= _SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self.step("chunks: " + ", ".join(f"{count} {state}" for state, count in self._states.items()))
