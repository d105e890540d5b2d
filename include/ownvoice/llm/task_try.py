"""Who asks the model: the Airflow task instance and its try, named by each answer and each row of `tables/chunks`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TaskTry:
    """A task instance and its try; all null on the command line, and where nobody asked."""

    task_id: str | None = None
    map_index: int | None = None
    try_number: int | None = None

    @classmethod
    def of(cls, asked_by: Mapping[str, Any] | None) -> TaskTry:
        """Return who asked for a stored answer, from its record; all null where the record does not say."""
        return cls(**asked_by or {})


NO_TASK = TaskTry()
