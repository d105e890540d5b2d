"""The state of a batch job, and whether it is over: a job may be completed before its files are there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai.types import Batch

FILES_WITHIN_S = 600.0
"""How long a job that has ended is still waited for where the file with its answers is missing, in seconds."""
FILES_LOST_AFTER_S = 24 * 3600.0
"""When that file is given up, in seconds after the job's end: its chunks are then asked about again."""

_ENDED = frozenset({"completed", "expired", "cancelled", "failed"})


@dataclass(frozen=True, slots=True)
class BatchJobState:
    """The state of a batch job: requests `done` out of `total`, and the files with its results.

    `failures` are the codes for which a job with the status "failed" was not accepted at all. `lacks_answers`: it has
    ended and made answers, and names no file with them. `changed_at_s` is when it ended, a Unix time in seconds; when
    it was created, where the endpoint does not say.
    """

    batch_id: str
    status: str
    done: int
    total: int
    file_ids: tuple[str, ...]
    failures: tuple[str, ...]
    lacks_answers: bool = False
    changed_at_s: float = 0.0

    @property
    def ended(self) -> bool:
        """Whether no more results will come."""
        return self.status in _ENDED and not (self.lacks_answers and self._since_s < FILES_WITHIN_S)

    @property
    def may_get_its_answers(self) -> bool:
        """Whether answers are missing, and not given up yet."""
        return self.lacks_answers and self._since_s < FILES_LOST_AFTER_S

    @property
    def _since_s(self) -> float:
        return time.time() - self.changed_at_s


def state_of(batch: Batch) -> BatchJobState:
    """Return the state of a batch job as the endpoint describes it."""
    counts = batch.request_counts
    errors = (batch.errors and batch.errors.data) or []
    file_ids = tuple(file_id for file_id in (batch.output_file_id, batch.error_file_id) if file_id)
    made_answers = bool(counts and counts.completed) and batch.status in _ENDED
    return BatchJobState(
        batch_id=batch.id,
        status=batch.status,
        done=counts.completed + counts.failed if counts else 0,
        total=counts.total if counts else 0,
        file_ids=file_ids,
        failures=tuple(dict.fromkeys(error.code for error in errors if error.code)),
        lacks_answers=(made_answers and not batch.output_file_id) or (batch.status == "completed" and not file_ids),
        changed_at_s=batch.completed_at or batch.expired_at or batch.cancelled_at or batch.created_at or 0.0,
    )
