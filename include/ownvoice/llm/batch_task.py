"""The task that asks about one batch of a run's plan."""

from __future__ import annotations

from dataclasses import dataclass

from ownvoice.config.run import RefreshRun
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.storage.lake import Lake


@dataclass(frozen=True, slots=True)
class BatchTask:
    """A batch of the plan of a run, by name, and the try of the task that works on it."""

    lake: Lake
    run: RefreshRun
    name: str
    task_try: TaskTry = NO_TASK
