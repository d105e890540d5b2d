"""The store of answers: each is kept under the key of its request the moment it arrives, and never asked again."""

from __future__ import annotations

import json
from typing import Any

from ownvoice.errors import StorageError
from ownvoice.storage.layout import answer_key
from ownvoice.storage.stores import ObjectStore


class AnswerStore:
    """Answers at `answers/<request key>/<attempt>.json`; attempts count from 1.

    A record holds `request_key`, `attempt`, `request` (the whole body), `response` (the completion as it came),
    `received_at` (UTC, ISO 8601), `latency_s`, `bought_for` (run, article, chunk) and `asked_by` (`TaskTry`). It is
    written once: where two workers asked the same thing, what was stored first is the answer of both. A store that
    lets both write keeps one of the two, and `read_all` reads whichever stands; where that is the unusable one of two,
    curation says so.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def get(self, key: str, attempt: int) -> dict[str, Any] | None:
        """Return the record of that attempt, or None where it was never stored."""
        name = answer_key(key, attempt)
        data = await self._store.read_async(name)
        return None if data is None else self._record(name, data)

    async def put(self, key: str, attempt: int, record: dict[str, Any]) -> dict[str, Any]:
        """Store the record unless one stands there; return the one that stands."""
        data = json.dumps(record).encode()
        # A look comes first, for stores where a second creation would put its bytes over the first.
        while (standing := await self.get(key, attempt)) is None:
            if await self._store.create_async(answer_key(key, attempt), data):
                return record
        return standing

    def read_all(self, key: str) -> list[dict[str, Any]]:
        """Return the records of a request in the order of their attempts, up to the first that is missing."""
        records: list[dict[str, Any]] = []
        while (data := self._store.read(name := answer_key(key, len(records) + 1))) is not None:
            records.append(self._record(name, data))
        return records

    def _record(self, name: str, data: bytes) -> dict[str, Any]:
        try:
            record = json.loads(data)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict) and isinstance(record.get("response"), dict):
            return record
        raise StorageError(
            f"{self._store.uri}/{name} is not a stored answer ({len(data)} bytes that do not hold a record). "
            "Remove that object and run again: the chunk is then asked again."
        )
