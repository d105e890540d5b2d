"""A batch in Airflow's own metrics: StatsD, Datadog or OpenTelemetry, whichever the installation has switched on.

Counters, over all tasks: `ownvoice.chunks.{answered,reused,deferred,dead}`, `ownvoice.retries.<error class>`,
`ownvoice.tokens.{prompt,completion}`. Gauges, of one batch: `ownvoice.<batch>.{chunks,settled,chunks_per_s,eta_s,
cost_usd}`; the last two are not told where they are not known.

A second model counts into the retries and tokens; its rejected answers are no chunks, and its one gauge is
`ownvoice.<batch>-rejected.cost_usd`.
"""

from __future__ import annotations

from collections import Counter

from airflow.sdk.observability import stats

from ownvoice.llm.tally import Tally
from ownvoice.states import ChunkEvent, ChunkState


class BatchMetrics:
    """Tells what has happened since it was last asked to.

    A counter counts what this try of a task asked for itself: a chunk that an earlier try got an answer for was counted
    then, and counts as reused now. Where what is asked about is not `of_chunks`, tokens, retries and cost are all.
    """

    def __init__(self, batch: str, *, of_chunks: bool = True) -> None:
        self._batch = batch
        self._of_chunks = of_chunks
        self._told: Counter[str] = Counter()

    def tell(self, tally: Tally) -> None:
        """Bring counters and gauges up to date."""
        counts = _asked(tally) + (_chunks(tally) if self._of_chunks else Counter())
        for name, count in (counts - self._told).items():
            stats.incr(f"ownvoice.{name}", count)
        self._told = counts
        for name, value in (_cost(tally) | (_pace(tally) if self._of_chunks else {})).items():
            if value is not None:
                stats.gauge(f"ownvoice.{self._batch}.{name}", value)


def _chunks(tally: Tally) -> Counter[str]:
    found_again = tally.events[ChunkEvent.ANSWER_ARRIVED] - tally.own.chunks[ChunkEvent.ANSWER_ARRIVED]
    states = tally.states
    states[ChunkState.ANSWERED] -= found_again
    states[ChunkState.REUSED] += found_again
    return Counter({f"chunks.{state}": count for state, count in states.items()})


def _asked(tally: Tally) -> Counter[str]:
    return Counter(
        {
            **{f"retries.{error}": count for error, count in tally.retries.items()},
            "tokens.prompt": tally.own.prompt_tokens,
            "tokens.completion": tally.own.completion_tokens,
        }
    )


def _cost(tally: Tally) -> dict[str, float | None]:
    return {"cost_usd": tally.spent.cost_usd if tally.prices else None}


def _pace(tally: Tally) -> dict[str, float | None]:
    return {
        "chunks": tally.total,
        "settled": tally.settled,
        "chunks_per_s": tally.chunks_per_s,
        "eta_s": tally.eta_s,
    }
