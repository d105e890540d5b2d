"""Whether the refusals of a batch job are those of its chunks, or every request of its route would meet them.

The rule is that of `route_watch.py`; all requests of a job have been asked together, so none need be asked in addition.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ownvoice.errors import ModelAccessError
from ownvoice.llm.batch.files import BatchLine
from ownvoice.llm.failures import Failure, NoAnswer
from ownvoice.llm.providers.provider import ErrorDetails
from ownvoice.llm.route_watch import SEEN_BY_THE_MODEL, refused_by_all
from ownvoice.llm.routes import RouteRecords


@dataclass(slots=True)
class JobRefusals:
    """What the lines of one batch job say about its route."""

    answered: bool = False
    seen_by_the_model: bool = False
    refused: list[ErrorDetails] = field(default_factory=list)

    def add(self, line: BatchLine) -> None:
        """Count one line."""
        if isinstance(line.result, dict):
            self.answered = True
        elif isinstance(line.result, NoAnswer):
            self.seen_by_the_model |= line.result.failure in SEEN_BY_THE_MODEL
            if line.result.failure is Failure.BAD_REQUEST:
                self.refused.append(line.told)

    async def judge(
        self, routes: RouteRecords, route: str, run_id: str, *, endpoint: str, model: str
    ) -> ModelAccessError | None:
        """Return the error of a route that refuses every request; note that it answered where it did."""
        if self.answered:
            await routes.note(route, run_id)
        if self.answered or self.seen_by_the_model or not self.refused:
            return None
        reason, alike = Counter(told.reason for told in self.refused).most_common(1)[0]
        last_run = await routes.last_run(route)
        if last_run == run_id or (last_run is not None and alike == 1):
            return None
        return refused_by_all(endpoint, model, next(told for told in self.refused if told.reason == reason))
