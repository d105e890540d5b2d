"""What is submitted to a batch API, written down before it is: so that a kill in between is found out, not paid twice.

batch_api/open/<run>/<batch>-<number>.json   an intent whose batch is not taken in yet
runs/<run>/batch_api/<file sha256>.jsonl     the requests that were submitted
runs/<run>/batch_api/<batch>-<number>.json   what became of an intent
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ownvoice.config.generators import LLM_API
from ownvoice.config.run import RefreshRun
from ownvoice.errors import StorageError
from ownvoice.llm.batch.files import NoAnswer
from ownvoice.llm.failures import Failure
from ownvoice.llm.task_try import TaskTry
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import OPEN_BATCH_JOBS, RunKeys

"""Where the lake keeps the intents whose batches are not taken in yet."""

BoughtFor = tuple[int, str, int]
"""Of a submitted request: which answer to it this will be (from 1), and the article and chunk that it is bought for."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One file of requests that is to be submitted, or has been.

    `intent_id` is what the batch carries at the endpoint. `gave_up` holds requests of the same plan batch that an
    earlier round brought no answer to or could not afford, by request key. `recorded_at` is in UTC, ISO 8601.
    `asked_by` are the fields of the `TaskTry` that submits it.
    """

    intent_id: str
    run_id: str
    batch: str
    name: str
    file_sha256: str
    requests: dict[str, BoughtFor]
    gave_up: dict[str, NoAnswer]
    recorded_at: str
    asked_by: dict[str, Any]
    batch_id: str | None = None
    endpoint: str = LLM_API

    @property
    def recorded_at_s(self) -> float:
        """The Unix time at which it was written down."""
        return datetime.fromisoformat(self.recorded_at).timestamp()


def new_intent(
    lake: Lake,
    run: RefreshRun,
    batch: str,
    task_try: TaskTry,
    file: bytes,
    requests: dict[str, BoughtFor],
    gave_up: Mapping[str, NoAnswer],
    endpoint: str = LLM_API,
) -> Intent:
    """Return an intent under a name that is free, and keep its file; nothing is promised before `record_intent`."""
    sha256 = hashlib.sha256(file).hexdigest()
    name = f"{batch}-{_intents_so_far(lake, run, batch) + 1}"
    identity = json.dumps([lake.uri, run.run_id, name, sha256]).encode()
    lake.store.write(_file_key(run.run_id, sha256), file)
    return Intent(
        intent_id=hashlib.sha256(identity).hexdigest()[:32],
        run_id=run.run_id,
        batch=batch,
        name=name,
        file_sha256=sha256,
        requests=requests,
        gave_up=dict(gave_up),
        recorded_at=datetime.now(UTC).isoformat(),
        endpoint=endpoint,
        asked_by=asdict(task_try),
    )


def record_intent(lake: Lake, intent: Intent) -> bool:
    """Write an intent down; False where another process has just submitted for the same chunks."""
    return lake.store.create(_open_key(intent), json.dumps(asdict(intent)).encode())


def record_batch_id(lake: Lake, intent: Intent, batch_id: str) -> Intent:
    """Write down which batch came of an intent."""
    submitted = replace(intent, batch_id=batch_id)
    lake.write_json(_open_key(intent), asdict(submitted))
    return submitted


def close_intent(lake: Lake, intent: Intent, status: str, failed: Mapping[str, NoAnswer]) -> None:
    """Write down how an intent ended, and take it from those that are open."""
    end = {"status": status, "ended_at": datetime.now(UTC).isoformat(), "failed": _plain(failed)}
    kept = {name: value for name, value in asdict(intent).items() if name != "requests"}
    lake.write_json(_closed_key(intent), kept | {"requests": len(intent.requests)} | end)
    lake.store.delete(_open_key(intent))


def open_intents(lake: Lake) -> list[Intent]:
    """Return every intent whose batch is not taken in, whichever run wrote it."""
    stored = (lake.read_json(found.key) for found in lake.store.objects(OPEN_BATCH_JOBS))
    return sorted((_intent(value) for value in stored if value), key=lambda intent: intent.recorded_at)


def submitted_file(lake: Lake, intent: Intent) -> bytes:
    """Return the requests that were submitted. Raises `StorageError` where the lake has lost them."""
    key = _file_key(intent.run_id, intent.file_sha256)
    file = lake.store.read(key)
    if file is None or hashlib.sha256(file).hexdigest() != intent.file_sha256:
        raise StorageError(
            f"{lake.uri}/{key} is gone or damaged. Put it back from a backup: answers to it are paid for."
        )
    return file


def _intents_so_far(lake: Lake, run: RefreshRun, batch: str) -> int:
    folders = (run.keys.batch_jobs, run.keys.open_batch_jobs)
    names = {found.key.rsplit("/", 1)[-1] for folder in folders for found in lake.store.objects(folder)}
    return sum(name.startswith(f"{batch}-") for name in names)


def _intent(value: dict[str, Any]) -> Intent:
    requests = {key: (attempt, article, chunk) for key, (attempt, article, chunk) in value["requests"].items()}
    gave_up = {key: _gave_up(one) for key, one in value["gave_up"].items()}
    return Intent(**value | {"requests": requests, "gave_up": gave_up})


def _gave_up(value: dict[str, Any]) -> NoAnswer:
    return NoAnswer(Failure(value["failure"]) if value["failure"] else None, ChunkEvent(value["event"]))


def _plain(failed: Mapping[str, NoAnswer]) -> dict[str, dict[str, Any]]:
    return {key: asdict(one) for key, one in failed.items()}


def _open_key(intent: Intent) -> str:
    return RunKeys(intent.run_id).open_batch_job(intent.name)


def _closed_key(intent: Intent) -> str:
    return RunKeys(intent.run_id).batch_job(intent.name)


def _file_key(run_id: str, file_sha256: str) -> str:
    return RunKeys(run_id).request_file(file_sha256)
