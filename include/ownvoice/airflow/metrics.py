"""The numbers of a batch in Airflow's metrics: StatsD, Datadog or OpenTelemetry, whichever the installation uses.

Counters, over all tasks: `ownvoice.chunks.{answered,reused,deferred,dead}`, `ownvoice.retries.<error class>`,
`ownvoice.tokens.{prompt,completion}`. Gauges, for one batch: `ownvoice.<batch>.{chunks,settled,chunks_per_s,eta_s,
cost_usd}`; `eta_s` is not sent before the first chunk, `cost_usd` not without the model's price.

A second model counts into retries and tokens. Its rejected answers are no chunks, so its only gauge is
`ownvoice.<batch>-rejected.cost_usd`.
"""

from __future__ import annotations

from collections import Counter

from airflow.sdk.observability import stats

from ownvoice.llm.tally import Tally
from ownvoice.states import ChunkEvent, ChunkState


class BatchMetrics:
    """Sends what has changed in the tally of a batch since it was last sent.

    Counters count what this try of the task asked for: a chunk that an earlier try got an answer for was counted then,
    and counts as reused now. Without `of_chunks` only retries, tokens and cost are sent.
    """

    def __init__(self, batch: str, *, of_chunks: bool = True) -> None:
        self._batch = batch
        self._of_chunks = of_chunks
        self._sent: Counter[str] = Counter()

    def send(self, tally: Tally) -> None:
        """Bring counters and gauges up to date."""
        counts = _requests(tally) + (_chunks(tally) if self._of_chunks else Counter())
        for name, count in (counts - self._sent).items():
            stats.incr(f"ownvoice.{name}", count)
        self._sent = counts
        for name, value in (_cost(tally) | (_pace(tally) if self._of_chunks else {})).items():
            if value is not None:
                stats.gauge(f"ownvoice.{self._batch}.{name}", value)


def _chunks(tally: Tally) -> Counter[str]:
    of_earlier_tries = tally.events[ChunkEvent.ANSWER_ARRIVED] - tally.own.chunks[ChunkEvent.ANSWER_ARRIVED]
    states = tally.states
    states[ChunkState.ANSWERED] -= of_earlier_tries
    states[ChunkState.REUSED] += of_earlier_tries
    return Counter({f"chunks.{state}": count for state, count in states.items()})


def _requests(tally: Tally) -> Counter[str]:
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
        "settled": tally.done,
        "chunks_per_s": tally.chunks_per_s,
        "eta_s": tally.eta_s,
    }
