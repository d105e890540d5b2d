"""Which routes have ever answered: one small object each, so that a refusal can be judged across tasks and nights.

A route is an address, a model and the fields of its requests, without what is asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass

from ownvoice.llm.request import RequestBody
from ownvoice.storage.layout import route_key
from ownvoice.storage.stores import ObjectStore


def route_id(address: str, body: RequestBody) -> str:
    """Return 32 hex digits over the address and all fields of a request but its messages."""
    fields = {name: value for name, value in body.items() if name != "messages"}
    return hashlib.sha256(json.dumps([address, fields], sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class RouteRecords:
    """The run in which each route answered last, by its id. Both methods raise `StorageError`."""

    store: ObjectStore

    async def last_run(self, route: str) -> str | None:
        """Return the id of the run in which the route answered last; None where it never did."""
        data = await self.store.read_async(route_key(route))
        try:
            return None if data is None else str(json.loads(data)["run_id"])
        except (ValueError, TypeError, KeyError):
            return None  # damaged; it is written again with the next answer

    async def note(self, route: str, run_id: str) -> None:
        """Record that the route answered in a run."""
        await asyncio.to_thread(self.store.write, route_key(route), json.dumps({"run_id": run_id}).encode())
