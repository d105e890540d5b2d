"""Progress of a refresh: a line a step, and a line every few seconds while chunks are answered."""

from __future__ import annotations

from typing import TextIO

from ownvoice.llm.tally import Tally
from ownvoice.terminal import printable


class Progress:
    """Writes to `out`."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def step(self, sentence: str) -> None:
        """Say that a step is done."""
        print(printable(sentence), file=self._out, flush=True)

    def chunks(self, tally: Tally) -> None:
        """Report the progress of a batch."""
        self.step(progress_line(tally))


def progress_line(tally: Tally) -> str:
    """Return settled / total, states, rate, retries, spend and the time that is left, in one line."""
    states = ", ".join(f"{count:,} {state}" for state, count in sorted(tally.states.items()))
    cost = f" (${tally.spent.cost_usd:,.2f})" if tally.prices else ""
    left = "" if tally.eta_s is None else f", about {_clock(tally.eta_s)} left"
    return (
        f"{tally.unit} {tally.done:,}/{tally.total:,}: {states or 'none settled yet'}; {tally.chunks_per_s:,.1f}/s, "
        f"{tally.retries.total():,} asked again, {tally.spent.tokens:,.0f} tokens{cost}{left}"
    )


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
