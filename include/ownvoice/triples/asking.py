"""Asking a model about one batch, as generation and the second model both do it: counted, reported and judged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ownvoice.config.generators import Route
from ownvoice.errors import DeadChunksError, ModelUnavailableError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.batch_task import BatchTask
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.context import RequestContext
from ownvoice.llm.endpoints import Endpoints, ask_everywhere
from ownvoice.llm.failures import Failure
from ownvoice.llm.routes import RouteRecords
from ownvoice.llm.tally import Tally
from ownvoice.states import ChunkEvent
from ownvoice.triples.spending import Purpose, open_spending_limit

OnOutcome = Callable[[ChunkOutcome], None]
OnProgress = Callable[[Tally], None]

_REPORT_EVERY_S = 5.0  # in the first minute
_RARER = ((60.0, 2), (300.0, 6), (1800.0, 12))  # after so many seconds so many times as long between two reports
_MIN_CHUNKS_FOR_A_SHARE = 10
_WITHOUT_USABLE_ANSWER = (ChunkEvent.TRIES_USED_UP, ChunkEvent.TOO_LONG)


async def ask_in_realtime(
    task: BatchTask,
    batches: Sequence[str],
    requests: Mapping[Route, Iterable[ChunkRequest]],
    endpoints: Endpoints,
    tally: Tally,
    on_outcome: OnOutcome,
    purpose: Purpose,
    others: Callable[[Route], Iterable[ChunkRequest]],
) -> None:
    """Send what is asked about a batch of the plan within its share of rate limits and budget.

    `batches` are the names of all batches of the plan, and `others` yields what is asked about any of them. Raises what
    `ask_everywhere` raises.
    """
    run = task.run
    context = RequestContext(
        run_id=run.run_id,
        task_try=task.task_try,
        concurrent_tasks=min(run.max_active_generation_tasks, len(batches)),
        spending_limit=open_spending_limit(task, batches, purpose),
        tally=tally,
        others=others,
        routes=RouteRecords(task.lake.store),
    )
    await ask_everywhere(requests, AnswerStore(task.lake.store), endpoints, on_outcome, context)


def run_with_reports(asking: Coroutine[Any, Any, None], tally: Tally, on_progress: OnProgress | None) -> None:
    """Run `asking` to its end; pass `tally` to `on_progress` every few seconds meanwhile, and once at the end."""
    asyncio.run(asking if on_progress is None else _reported(asking, tally, on_progress))


def report_intervals_s() -> Iterator[float]:
    """Yield the seconds before each report: 5 in the first minute, 10 up to five, 30 up to thirty, 60 from then on."""
    told_s = 0.0
    while True:
        interval_s = _REPORT_EVERY_S * max((times for after_s, times in _RARER if told_s >= after_s), default=1)
        told_s += interval_s
        yield interval_s


async def _reported(asking: Coroutine[Any, Any, None], tally: Tally, on_progress: OnProgress) -> None:
    async def report() -> None:
        for interval_s in report_intervals_s():
            await asyncio.sleep(interval_s)
            on_progress(tally)

    reporting = asyncio.create_task(report())
    try:
        await asking
    finally:
        reporting.cancel()
        on_progress(tally)


def refuse_unanswered(batch: str, tally: Tally) -> None:
    """Raise `ModelUnavailableError` where more than half of a batch is unanswered: a retry comes within minutes.

    Requests that a person cancelled at the endpoint do not count; they are left for another run.
    """
    cancelled = tally.last_faults[ChunkEvent.NOT_ANSWERED][Failure.BATCH_CANCELLED]
    unanswered = tally.events[ChunkEvent.NOT_ANSWERED] - cancelled
    if 2 * unanswered > tally.total:
        raise ModelUnavailableError(
            f"{batch}: {unanswered} of {tally.total} {tally.unit} were left without an answer "
            f"({tally.commonest_faults(ChunkEvent.NOT_ANSWERED)}).{tally.advice} "
            "What had arrived is stored; run again when the endpoint answers."
        )


def refuse_too_many_dead(batch: str, tally: Tally, max_dead_share: float, advice: str) -> None:
    """Raise `DeadChunksError` where so many chunks died that recipe or model must be at fault.

    `advice` is what its message tells a person to do before the next run.
    """
    dead = sum(tally.events[event] for event in _WITHOUT_USABLE_ANSWER)
    if tally.total >= _MIN_CHUNKS_FOR_A_SHARE and dead > max_dead_share * tally.total:
        raise DeadChunksError(
            f"{batch}: {dead} of {tally.total} {tally.unit} are dead or too long "
            f"({tally.commonest_faults(*_WITHOUT_USABLE_ANSWER)}), more than the share of {max_dead_share} that "
            f"OWNVOICE_MAX_DEAD_SHARE allows. {advice}, and run again: nothing is asked twice."
        )
