"""A piece of work of a run whose answers are bought: what a batch of a night, or a panel of judges, asks together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ownvoice.config.options import Mode
from ownvoice.config.prices import ModelPrice
from ownvoice.llm.budget import UNLIMITED, Spend, SpendingLimit
from ownvoice.llm.tally import Tally
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked together, under a `name` of its own within its run (safe as a file's name).

    A run is whatever has a run id: a refresh, a training, a round of reviews or a command. What was spent of `share`,
    and the batch jobs that were submitted, are found again by run and name: the same work done again goes on where the
    last try of it was. `concurrent_tasks` such works share an account's rate limits at the same time. `unit` is what
    its answers are called in reports, in the plural.
    """

    lake: Lake
    run_id: str
    name: str
    mode: Mode = "realtime"
    share: Spend = UNLIMITED
    prices: Mapping[str, ModelPrice] = field(default_factory=dict)
    task_try: TaskTry = NO_TASK
    unit: str = "answers"
    concurrent_tasks: int = 1

    @property
    def keys(self) -> RunKeys:
        """The keys of its run's files in the lake."""
        return RunKeys(self.run_id)

    def tally(self, total: int) -> Tally:
        """Return a tally of so many requests of this work."""
        return Tally(total, self.prices, self.task_try, unit=self.unit)

    def spending_limit(self) -> SpendingLimit:
        """Return the limit of realtime mode: `share`, less what earlier tries may have spent of it."""
        key = self.keys.spending(self.name)

        def record(spent: Spend) -> None:
            amounts = {"tokens": spent.tokens, "cost_usd": spent.cost_usd}
            finite = {name: amount if math.isfinite(amount) else 0 for name, amount in amounts.items()}
            self.lake.write_json(key, finite)

        earlier = self.lake.read_record(key, lambda stored: Spend(stored["tokens"], stored["cost_usd"])) or Spend()
        return SpendingLimit(self.share, earlier, record)
