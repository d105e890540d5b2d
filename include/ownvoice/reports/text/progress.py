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
        """Report the progress of a batch, and at its end what to do about requests that timed out."""
        self.step(progress_line(tally))
        if tally.advice and tally.done == tally.total:
            self.step(tally.advice.strip())


def progress_line(tally: Tally) -> str:
    """Return settled / total, states, rate, retries, spend and the time that is left, in one line."""
    states = ", ".join(f"{count:,} {state}" for state, count in sorted(tally.states.items()))
    cost = f" (${tally.spent.cost_usd:,.2f})" if tally.prices else ""
    left = "" if tally.eta_s is None else f", about {_clock(tally.eta_s)} left"
    return (
        f"{tally.unit} {tally.done:,}/{tally.total:,}: {states or 'none settled yet'}; {_rate(tally.chunks_per_s)}, "
        f"{_open(tally)}{tally.retries.total():,} asked again, {tally.spent.tokens:,.0f} tokens{cost}{left}"
    )


def _rate(per_s: float) -> str:
    return f"{per_s:,.1f}/s" if per_s >= 1 or not per_s else f"{60 * per_s:.1f}/min"


def _open(tally: Tally) -> str:
    """Say how many requests are open; where an answer takes seconds, also for how long and what is usual."""
    count, oldest_s = tally.open_requests
    if not count:
        return ""
    usual_s = tally.answer_s
    oldest = f", the oldest {oldest_s:.0f} s" if oldest_s >= 1 else ""
    usual = f", about {usual_s:.0f} s an answer" if usual_s and usual_s >= 1 else ""
    return f"{count:,} open{oldest}{usual}, "


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
