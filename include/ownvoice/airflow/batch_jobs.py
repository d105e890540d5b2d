"""Waiting for a batch API without a worker: the task defers, and a trigger looks for it.

The trigger is an alarm clock and nothing more: it wakes the task, which looks for itself and meets every fault itself.
So a first try, a retry, a restart and an awakening are the same call.
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

LOOK_EVERY_S = 60.0
_MAX_WAIT = dt.timedelta(hours=30)  # a batch ends by itself within 24 hours; this is for one that does not


class BatchJobsTrigger(BaseTrigger):
    """Fires when all `batches` have ended, or cannot be looked at; they are ids by the name of their endpoint.

    Keys are read where it runs.
    """

    def __init__(self, batches: dict[str, list[str]], look_every_s: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow ships it without types
        self.batches = batches
        self.look_every_s = look_every_s

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what the metadata database keeps of it."""
        return (
            f"{__name__}.{type(self).__name__}",
            {"batches": self.batches, "look_every_s": self.look_every_s},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until there is something to do for the task."""
        from ownvoice.llm.batch.waiting import until_all_ended

        try:
            for endpoint, batch_ids in self.batches.items():
                access = await asyncio.to_thread(model_access, endpoint)
                await until_all_ended(access, batch_ids, self.look_every_s)
        except OwnvoiceError:
            # A triggerer without the connection that workers have must not wake a task that waits for ever again.
            await asyncio.sleep(self.look_every_s)
        yield TriggerEvent("look again")  # type: ignore[no-untyped-call]


def defer_until_ended(batches: Mapping[str, list[str]]) -> NoReturn:
    """Give the worker back until all batches have ended; they are ids by the name of their endpoint."""
    trigger = BatchJobsTrigger(dict(batches), LOOK_EVERY_S)
    raise TaskDeferred(trigger=trigger, method_name="execute", timeout=_MAX_WAIT)
