"""Intents: what is about to be submitted to a batch API, recorded first, so that no kill leads to a second payment.

batch_api/open/<run>/<batch>-<number>.json   an intent whose results are not stored yet
runs/<run>/batch_api/<file sha256>.jsonl     the requests that were submitted
runs/<run>/batch_api/<batch>-<number>.json   how an intent ended
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ownvoice.config.generators import LLM_API
from ownvoice.errors import StorageError
from ownvoice.llm.failures import Failure, NoAnswer
from ownvoice.llm.replay import NextRequest
from ownvoice.llm.work import Work
from ownvoice.states import ChunkEvent
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import OPEN_BATCH_JOBS
from ownvoice.storage.run_keys import RunKeys

RequestOrigin = tuple[int, str, int]
"""The number of the answer that a submitted request will bring (from 1), article id and chunk index."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One file of requests that is to be submitted, or has been.

    The batch job carries `intent_id` in its metadata. `requests` are by request key. `gave_up` holds the requests of
    the same work that an earlier submission brought no answer to, or that the budget did not allow.
    `recorded_at` is in UTC, ISO 8601. `asked_by` holds the fields of the `TaskTry` that submits it. `longer` names the
    requests for an answer that was cut off, which allow twice the tokens of what was asked first.
    """

    intent_id: str
    run_id: str
    batch: str
    name: str
    file_sha256: str
    requests: dict[str, RequestOrigin]
    gave_up: dict[str, NoAnswer]
    recorded_at: str
    asked_by: dict[str, Any]
    batch_id: str | None = None
    endpoint: str = LLM_API
    longer: tuple[str, ...] = ()

    @property
    def recorded_at_s(self) -> float:
        """`recorded_at` as a Unix time in seconds."""
        return datetime.fromisoformat(self.recorded_at).timestamp()


def new_intent(
    work: Work,
    file: bytes,
    asked: Mapping[str, NextRequest],
    no_answers: Mapping[str, NoAnswer],
    endpoint: str = LLM_API,
) -> Intent:
    """Store a file of requests and return its intent, under a new name; `record_intent` records it.

    `asked` holds what is in the file, by request key.
    """
    sha256 = hashlib.sha256(file).hexdigest()
    name = f"{work.name}-{_intents_so_far(work) + 1}"
    identity = json.dumps([work.lake.uri, work.run_id, name, sha256]).encode()
    work.lake.store.write(_file_key(work.run_id, sha256), file)
    return Intent(
        intent_id=hashlib.sha256(identity).hexdigest()[:32],
        run_id=work.run_id,
        batch=work.name,
        name=name,
        file_sha256=sha256,
        requests={key: _origin_of(one) for key, one in asked.items()},
        gave_up=dict(no_answers),
        recorded_at=datetime.now(UTC).isoformat(),
        endpoint=endpoint,
        asked_by=asdict(work.task_try),
        longer=tuple(key for key, one in asked.items() if key != one.request.request_key),
    )


def record_intent(lake: Lake, intent: Intent) -> bool:
    """Record an intent; False where another process has just recorded one for the same chunks."""
    return lake.store.create(_open_key(intent), json.dumps(asdict(intent)).encode())


def record_batch_id(lake: Lake, intent: Intent, batch_id: str) -> Intent:
    """Record the id of the batch job of an intent."""
    submitted = replace(intent, batch_id=batch_id)
    lake.write_json(_open_key(intent), asdict(submitted))
    return submitted


def close_intent(lake: Lake, intent: Intent, status: str, no_answers: Mapping[str, NoAnswer]) -> None:
    """Record how an intent ended, and remove it from the open ones."""
    end = {
        "status": status,
        "ended_at": datetime.now(UTC).isoformat(),
        "failed": {key: asdict(one) for key, one in no_answers.items()},
    }
    kept = {name: value for name, value in asdict(intent).items() if name != "requests"}
    lake.write_json(_closed_key(intent), kept | {"requests": len(intent.requests)} | end)
    lake.store.delete(_open_key(intent))


def open_intents(lake: Lake) -> list[Intent]:
    """Return every intent whose results are not stored yet, of whichever run, the oldest first."""
    intents = (lake.read_record(found.key, _intent) for found in lake.store.objects(OPEN_BATCH_JOBS))
    return sorted(filter(None, intents), key=lambda intent: intent.recorded_at)


def submitted_file(lake: Lake, intent: Intent) -> bytes:
    """Return the requests that were submitted. Raises `StorageError` where the lake has lost them."""
    key = _file_key(intent.run_id, intent.file_sha256)
    file = lake.store.read(key)
    if file is None or hashlib.sha256(file).hexdigest() != intent.file_sha256:
        raise StorageError(
            f"{lake.uri}/{key} is gone or damaged. Put it back from a backup: answers to it are paid for."
        )
    return file


def _origin_of(wanted: NextRequest) -> RequestOrigin:
    return wanted.attempt, wanted.request.article_id, wanted.request.chunk_index


def _intents_so_far(work: Work) -> int:
    folders = (work.keys.batch_jobs, work.keys.open_batch_jobs)
    names = {found.key.rsplit("/", 1)[-1] for folder in folders for found in work.lake.store.objects(folder)}
    return sum(name.rpartition("-")[0] == work.name for name in names)


def _intent(value: dict[str, Any]) -> Intent:
    requests = {key: (attempt, article, chunk) for key, (attempt, article, chunk) in value["requests"].items()}
    gave_up = {key: _no_answer(one) for key, one in value["gave_up"].items()}
    longer = tuple(value.get("longer", ()))  # intents of before this was recorded lack it
    return Intent(**value | {"requests": requests, "gave_up": gave_up, "longer": longer})


def _no_answer(value: dict[str, Any]) -> NoAnswer:
    failure = Failure(value["failure"]) if value["failure"] else None
    return NoAnswer(failure, ChunkEvent(value["event"]), value.get("words", ""))


def _open_key(intent: Intent) -> str:
    return RunKeys(intent.run_id).open_batch_job(intent.name)


def _closed_key(intent: Intent) -> str:
    return RunKeys(intent.run_id).batch_job(intent.name)


def _file_key(run_id: str, file_sha256: str) -> str:
    return RunKeys(run_id).request_file(file_sha256)
