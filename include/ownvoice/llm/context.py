"""What the requests of one call share: who sends them, with whom the rate limits are shared, what may be spent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ownvoice.config.generators import Route
from ownvoice.llm.budget import SpendingLimit, unlimited
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.routes import RouteRecords
from ownvoice.llm.tally import Tally
from ownvoice.llm.task_try import NO_TASK, TaskTry


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Shared by all requests of one call, at whichever endpoint.

    `run_id` and `task_try` are stored with each answer. `concurrent_tasks` tasks share an account's rate limits, and
    each uses its part of them. Each request reserves its worst case from `spending_limit`; `tally` counts outcomes.
    `others` yields the chunks that the run asks a route about, in this call or another: one of them is asked where a
    refusal may concern all. `routes` tells whether the route has answered in other calls.
    """

    run_id: str = ""
    task_try: TaskTry = NO_TASK
    concurrent_tasks: int = 1
    spending_limit: SpendingLimit = field(default_factory=unlimited)
    tally: Tally = field(default_factory=Tally)
    others: Callable[[Route], Iterable[ChunkRequest]] = lambda _: ()
    routes: RouteRecords | None = None
