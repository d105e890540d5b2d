"""The Airflow task instance that sends requests, and its try: each answer and each row of `tables/chunks` names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TaskTry:
    """A task instance and its try; all null on the command line, and where no request was sent."""

    task_id: str | None = None
    map_index: int | None = None
    try_number: int | None = None

    @classmethod
    def of(cls, asked_by: Mapping[str, Any] | None) -> TaskTry:
        """Return the task try that a record names as `asked_by`; all null where it names none."""
        return cls(**asked_by or {})


NO_TASK = TaskTry()
