"""The store of answers: each is stored under its request's key as soon as it arrives, so that it is paid for once."""

from __future__ import annotations

import json
from typing import Any, NotRequired, TypedDict

from ownvoice.errors import StorageError
from ownvoice.llm.completion import Completion
from ownvoice.llm.providers import PROVIDERS, openai
from ownvoice.llm.request import RequestBody
from ownvoice.storage.layout import answer_key
from ownvoice.storage.stores import ObjectStore


class AnswerRecord(TypedDict):
    """One stored answer.

    `request` is the whole body and `response` the provider's JSON as it came. `bought_for` is run id, article id and
    chunk index of who paid, `asked_by` the fields of a `TaskTry`, `received_at` UTC in ISO 8601, `batch_id` that of the
    batch job that brought it. Older records lack what is not required; their provider is OpenAI.
    """

    request_key: str
    attempt: int
    provider: NotRequired[str]
    bought_for: NotRequired[list[str | int]]
    asked_by: NotRequired[dict[str, Any]]
    batch_id: NotRequired[str | None]
    request: RequestBody
    response: dict[str, Any]
    received_at: str
    latency_s: float


class AnswerStore:
    """Answers at `answers/<request key>/<attempt>.json`; attempts count from 1. All methods raise `StorageError`.

    A record is written once: where two workers sent the same request, the answer that was stored first counts for both.
    A store without conditional creation may let both write and keep one of the two. `read_all` then reads the one that
    was kept; if that is the unusable one, curation says so.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def get(self, key: str, attempt: int) -> AnswerRecord | None:
        """Return the record of that attempt, or None where it was never stored."""
        name = answer_key(key, attempt)
        data = await self._store.read_async(name)
        return None if data is None else self._record(name, data)

    async def put(self, key: str, attempt: int, record: AnswerRecord) -> AnswerRecord:
        """Store the record unless one is stored already; return the one that is stored then."""
        data = json.dumps(record).encode()
        # Look first where a second creation might overwrite the first.
        stored = None if self._store.creates_once else await self.get(key, attempt)
        while stored is None:
            if await self._store.create_async(answer_key(key, attempt), data):
                return record
            stored = await self.get(key, attempt)
        return stored

    def read_all(self, key: str) -> list[AnswerRecord]:
        """Return the records of a request in the order of their attempts, up to the first that is missing."""
        records: list[AnswerRecord] = []
        while (data := self._store.read(name := answer_key(key, len(records) + 1))) is not None:
            records.append(self._record(name, data))
        return records

    def _record(self, name: str, data: bytes) -> AnswerRecord:
        try:
            record: AnswerRecord | None = json.loads(data)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict) and isinstance(record.get("response"), dict):
            return record
        raise StorageError(
            f"{self._store.uri}/{name} is not a stored answer ({len(data)} bytes that do not hold a record). "
            "Remove that object and run again: the chunk is then asked again."
        )


def completion_of(record: AnswerRecord) -> Completion:
    """Read a stored answer. Raises `StorageError` where it is of a provider that this installation does not have."""
    name = record.get("provider", openai.NAME)
    if name not in PROVIDERS:
        stored_at = answer_key(record["request_key"], record["attempt"])
        raise StorageError(
            f"{stored_at} holds an answer of the provider {name!r}, which is not installed here. "
            f"Known providers: {', '.join(PROVIDERS)}."
        )
    return PROVIDERS[name].read(record["response"])
