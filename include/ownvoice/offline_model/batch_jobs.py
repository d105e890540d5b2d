"""OpenAI's batch API, as the offline model serves it: files, and batch jobs over them."""

from __future__ import annotations

import itertools
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]
"""Returns the status and body of the response to the body of a chat completions request."""

_STATUSES = ("validating", "in_progress", "completed")  # at the first, second and third poll of a job
_ERROR_CODES = {"expired": "batch_expired"}  # of requests left out; a cancelled job does not list them


@dataclass(slots=True)
class OfflineBatchJob:
    """One batch job: key, status and body of the response to each request; only the first `answered` of them count."""

    batch_id: str
    file_id: str
    metadata: dict[str, str]
    responses: list[tuple[str, int, dict[str, Any]]]
    answered: int
    status: str = "validating"
    polls: int = 0
    created_at: int = field(default_factory=lambda: int(time.time()))
    files: dict[str, str] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)


class OfflineBatchJobs:
    """All files and jobs. A job completes at its third poll; while `hold` is true, only by `end`."""

    def __init__(self, answer: Answer) -> None:
        self.hold = False
        self.jobs: dict[str, OfflineBatchJob] = {}
        self._answer = answer
        self._files: dict[str, bytes] = {}
        self._numbers = itertools.count(1)

    @property
    def billed(self) -> Counter[str]:
        """How often each request was answered and therefore charged, by its `custom_id`."""
        return Counter(
            key for batch in self.jobs.values() for key, status, _ in batch.responses[: batch.answered] if status == 200
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the routes below `/v1`."""
        return [
            web.post("/v1/files", self._upload),
            web.get("/v1/files/{id}/content", self._content),
            web.post("/v1/batches", self._create),
            web.get("/v1/batches", self._list),
            web.get("/v1/batches/{id}", self._retrieve),
            web.post("/v1/batches/{id}/cancel", self._cancel),
        ]

    def end(self, batch_id: str, status: str, answered: int | None = None) -> None:
        """End a job after its first `answered` requests, or all of them; the others are not charged."""
        batch = self.jobs[batch_id]
        batch.answered = len(batch.responses) if answered is None else answered
        batch.status = status
        done = batch.responses[: batch.answered]
        good = [_line(key, {"status_code": code, "body": body}, None) for key, code, body in done if code == 200]
        bad = [_line(key, {"status_code": code, "body": body}, None) for key, code, body in done if code != 200]
        if status in _ERROR_CODES:
            error = {"code": _ERROR_CODES[status], "message": "It was not executed in time."}
            bad += [_line(key, None, error) for key, _, _ in batch.responses[batch.answered :]]
        for name, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                batch.files[name] = self._keep("\n".join(lines).encode())

    def _keep(self, data: bytes) -> str:
        file_id = f"file-{next(self._numbers)}"
        self._files[file_id] = data
        return file_id

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        data = file.file.read()
        file_id = self._keep(data)
        about = {"id": file_id, "object": "file", "bytes": len(data), "created_at": int(time.time())}
        return web.json_response(about | {"filename": file.filename, "purpose": "batch", "status": "processed"})

    async def _content(self, request: web.Request) -> web.Response:
        data = self._files.get(request.match_info["id"])
        return _missing("file") if data is None else web.Response(body=data)

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        data = self._files.get(asked["input_file_id"])
        if data is None:
            return _missing("file")
        lines = [json.loads(line) for line in data.splitlines()]
        responses = [(line["custom_id"], *self._answer(line["body"])) for line in lines]
        batch_id = f"batch_{next(self._numbers)}"
        batch = OfflineBatchJob(
            batch_id, asked["input_file_id"], asked.get("metadata") or {}, responses, len(responses)
        )
        self.jobs[batch_id] = batch
        if len({line["custom_id"] for line in lines}) < len(lines):
            batch.errors.append({"code": "duplicate_custom_id", "message": "A custom_id is used twice."})
            self.end(batch_id, "failed", answered=0)
        return web.json_response(_about(batch))

    async def _list(self, request: web.Request) -> web.Response:
        newest_first = list(reversed(self.jobs.values()))
        after = request.query.get("after")
        start = 1 + [batch.batch_id for batch in newest_first].index(after) if after else 0
        limit = int(request.query.get("limit", 20))
        page = [_about(batch) for batch in newest_first[start : start + limit]]
        return web.json_response({"object": "list", "data": page, "has_more": start + limit < len(newest_first)})

    async def _retrieve(self, request: web.Request) -> web.Response:
        batch = self.jobs.get(request.match_info["id"])
        if batch is None:
            return _missing("batch")
        if batch.status in _STATUSES[:2]:
            status = _STATUSES[min(batch.polls, 1 if self.hold else 2)]
            batch.polls += 1
            if status == "completed":
                self.end(batch.batch_id, status)
            batch.status = status
        return web.json_response(_about(batch))

    async def _cancel(self, request: web.Request) -> web.Response:
        batch = self.jobs.get(request.match_info["id"])
        if batch is None:
            return _missing("batch")
        self.end(batch.batch_id, "cancelled", answered=0)
        return web.json_response(_about(batch))


def error_response(status: int, kind: str, code: str | None, message: str) -> web.Response:
    """Return the response of an error, as OpenAI words it."""
    return web.json_response(error_body(kind, code, message), status=status)


def error_body(kind: str, code: str | None, message: str) -> dict[str, Any]:
    """Return the body of an error, as OpenAI words it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _missing(what: str) -> web.Response:
    return error_response(404, "invalid_request_error", None, f"There is no such {what}.")


def _about(batch: OfflineBatchJob) -> dict[str, Any]:
    ended = batch.status not in _STATUSES[:2]
    failed = sum(status != 200 for _, status, _ in batch.responses[: batch.answered])
    counts = {"total": len(batch.responses), "completed": batch.answered - failed, "failed": failed}
    return {
        "id": batch.batch_id,
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "input_file_id": batch.file_id,
        "created_at": batch.created_at,
        "metadata": batch.metadata,
        "status": batch.status,
        "request_counts": counts if ended else counts | {"completed": 0, "failed": 0},
        "errors": {"object": "list", "data": batch.errors} if batch.errors else None,
        **batch.files,
    }


def _line(key: str, response: dict[str, Any] | None, error: dict[str, Any] | None) -> str:
    return json.dumps({"id": f"batch_req_{key[:8]}", "custom_id": key, "response": response, "error": error})
