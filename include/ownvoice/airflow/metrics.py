"""The numbers of a batch and of a night in Airflow's metrics, whichever backend the installation sends them to.

`metric_names.py` lists them. A second model counts into retries and tokens; its rejected answers are no chunks, so that
its only gauge is its cost.
"""

from __future__ import annotations

from collections import Counter

from airflow.sdk.observability import stats

from ownvoice.airflow.metric_names import (
    BATCH_CHUNKS,
    BATCH_COST,
    BATCH_ETA,
    BATCH_RATE,
    BATCH_SETTLED,
    CHUNKS,
    NIGHT_ADDED,
    NIGHT_CHUNKS,
    NIGHT_COST,
    NIGHT_DEAD,
    NIGHT_DURATION,
    NIGHT_ENDED,
    NIGHT_FAILED,
    NIGHT_PAIRS,
    NIGHT_WARNINGS,
    NIGHT_WORTHLESS,
    RETRIES,
    TOKENS,
    Metric,
)
from ownvoice.dataset.refresh_report import RefreshReport
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
            stats.incr(name, count)
        self._sent = counts
        _send({one.of(self._batch): value for one, value in _gauges(tally, of_chunks=self._of_chunks).items()})


def send_night(report: RefreshReport) -> None:
    """Send the numbers of a refresh that was reported; one without a price has no cost."""
    gauges = {
        NIGHT_ENDED: report.ended_at.timestamp(),
        NIGHT_FAILED: float(report.night.verdict == "fail"),
        NIGHT_WORTHLESS: float(report.data.verdict == "worthless"),
        NIGHT_WARNINGS: float(sum(one.is_new for one in report.warnings)),
        NIGHT_DURATION: report.duration_s,
        NIGHT_COST: report.spend.spent.cost_usd,
        NIGHT_CHUNKS: report.chunks.total,
        NIGHT_DEAD: report.chunks.dead,
        NIGHT_ADDED: report.pairs.added,
        NIGHT_PAIRS: report.pairs.total,
    }
    _send({one.name: value for one, value in gauges.items()})


def _send(gauges: dict[str, float | None]) -> None:
    for name, value in gauges.items():
        if value is not None:
            stats.gauge(name, value)


def _chunks(tally: Tally) -> Counter[str]:
    of_earlier_tries = tally.events[ChunkEvent.ANSWER_ARRIVED] - tally.own.chunks[ChunkEvent.ANSWER_ARRIVED]
    states = tally.states
    states[ChunkState.ANSWERED] -= of_earlier_tries
    states[ChunkState.REUSED] += of_earlier_tries
    return Counter({CHUNKS.of(state): count for state, count in states.items()})


def _requests(tally: Tally) -> Counter[str]:
    return Counter(
        {
            **{RETRIES.of(error): count for error, count in tally.retries.items()},
            TOKENS.of("prompt"): tally.own.prompt_tokens,
            TOKENS.of("completion"): tally.own.completion_tokens,
        }
    )


def _gauges(tally: Tally, *, of_chunks: bool) -> dict[Metric, float | None]:
    cost: dict[Metric, float | None] = {BATCH_COST: tally.spent.cost_usd if tally.prices else None}
    if not of_chunks:
        return cost
    return cost | {
        BATCH_CHUNKS: tally.total,
        BATCH_SETTLED: tally.done,
        BATCH_RATE: tally.chunks_per_s,
        BATCH_ETA: tally.eta_s,
    }
