"""Waiting for batch jobs without holding a worker: the task defers, and a trigger checks whether the jobs have ended.

The trigger carries no result. It wakes the task, and the task asks the endpoint itself, in its first try, in a retry
and after a deferral alike.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping
from typing import Any, NoReturn

from airflow.sdk.exceptions import TaskDeferred
from airflow.triggers.base import BaseTrigger, TriggerEvent

from ownvoice.airflow.connections import model_access
from ownvoice.errors import OwnvoiceError

POLL_INTERVAL_S = 60.0
MAX_WAIT = dt.timedelta(hours=30)  # a batch job ends within 24 hours by itself; this is for one that does not


class BatchJobsTrigger(BaseTrigger):
    """Fires when all of `jobs` (ids, by the name of their endpoint) have ended, or an endpoint cannot be asked.

    The endpoint's key is read where the trigger runs, and is never part of what Airflow stores.
    """

    def __init__(self, jobs: dict[str, list[str]], poll_interval_s: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow ships it without types
        self.jobs = jobs
        self.poll_interval_s = poll_interval_s

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return class path and arguments, which Airflow keeps in its metadata database."""
        return (
            f"{__name__}.{type(self).__name__}",
            {"jobs": self.jobs, "poll_interval_s": self.poll_interval_s},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait until the task has something to do, then yield one event."""
        from ownvoice.llm.batch.waiting import until_all_ended

        try:
            for endpoint, job_ids in self.jobs.items():
                access = await asyncio.to_thread(model_access, endpoint)
                await until_all_ended(access, job_ids, self.poll_interval_s)
        except OwnvoiceError:
            # The task meets the same fault and reports it. A triggerer without the connection that the workers have
            # would wake and defer it in a tight loop; this pause keeps that to one round a minute.
            await asyncio.sleep(self.poll_interval_s)
        yield TriggerEvent("ended")  # type: ignore[no-untyped-call]


def defer_until_ended(jobs: Mapping[str, list[str]]) -> NoReturn:
    """Release the worker until all of `jobs` (ids, by the name of their endpoint) have ended."""
    trigger = BatchJobsTrigger(dict(jobs), POLL_INTERVAL_S)
    raise TaskDeferred(trigger=trigger, method_name="execute", timeout=MAX_WAIT)
