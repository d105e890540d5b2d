"""Asking about one batch of a night, as generation and the second model both do it: its share, and its dead."""

from __future__ import annotations

from collections.abc import Sequence

from ownvoice.config.run import RefreshRun
from ownvoice.errors import DeadChunksError
from ownvoice.llm.tally import Tally
from ownvoice.llm.task_try import TaskTry
from ownvoice.llm.work import Work
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake
from ownvoice.triples.spending import Purpose, share_of

_MIN_CHUNKS_FOR_A_SHARE = 10
_WITHOUT_USABLE_ANSWER = (ChunkEvent.TRIES_USED_UP, ChunkEvent.TOO_LONG)
_UNIT = {Purpose.TRIPLES: "chunks", Purpose.AUGMENTED: "further prompts", Purpose.REJECTED: "rejected answers"}


def work_on(
    lake: Lake, run: RefreshRun, batch: str, batches: Sequence[str], purpose: Purpose, task_try: TaskTry
) -> Work:
    """Return the work of asking about a batch of the plan, within its share of rate limits and budget.

    `batches` are the names of all batches of the plan. Triples alone are asked for in the run's own mode.
    """
    of_triples = purpose is Purpose.TRIPLES
    return Work(
        lake,
        run.run_id,
        batch if of_triples else f"{batch}-{purpose}",
        mode=run.mode if of_triples else "realtime",
        share=share_of(run, batch, batches, purpose),
        prices=run.prices,
        task_try=task_try,
        unit=_UNIT[purpose],
        concurrent_tasks=min(run.max_active_generation_tasks, len(batches)),
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
