"""Waiting for batch jobs, which take up to a day."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from ownvoice.errors import ModelUnavailableError
from ownvoice.llm.batch.client import batch_job_state, open_batch_client
from ownvoice.llm.batch.job_state import BatchJobState
from ownvoice.llm.client import ModelAccess


class BatchJobsRunningError(Exception):
    """Batch jobs still work on the answers: wait until they have ended, then make the same call again.

    `by_endpoint` holds their ids by the name of the endpoint.
    """

    def __init__(self, jobs: Iterable[tuple[str, str]]) -> None:
        self.by_endpoint: dict[str, list[str]] = defaultdict(list)
        for endpoint, batch_id in jobs:
            self.by_endpoint[endpoint].append(batch_id)
        super().__init__(", ".join(self.batch_ids))

    @property
    def batch_ids(self) -> tuple[str, ...]:
        """The ids at all endpoints."""
        return tuple(chain.from_iterable(self.by_endpoint.values()))


async def until_all_ended(
    access: ModelAccess,
    batch_ids: Sequence[str],
    look_every_s: float,
    on_look: Callable[[Sequence[BatchJobState]], None] = lambda _: None,
) -> None:
    """Poll batch jobs of one endpoint until all have ended; pass their states to `on_look` each time.

    An endpoint that does not answer is polled again. Raises `ModelAccessError` where no poll can succeed.
    """
    async with open_batch_client(access) as client:
        while True:
            with contextlib.suppress(ModelUnavailableError):
                states = [await batch_job_state(client, batch_id) for batch_id in batch_ids]
                on_look(states)
                if all(state.ended for state in states):
                    return
            await asyncio.sleep(look_every_s)
