"""What a batch may spend: its share of the refresh's budget, and of that the part that its triples may take."""

from __future__ import annotations

import math
from typing import Any

from ownvoice.lake import Lake
from ownvoice.run import RefreshRun
from ownvoice.triples.budget import Purse, Spend, share_of_batch, worst_case
from ownvoice.triples.request import request_body


def worst_of(run: RefreshRun, body: dict[str, Any]) -> Spend:
    """Return the most that a request of this run can come to."""
    return worst_case(run.prices.get(body["model"]), body)


def batch_share(run: RefreshRun, number: int, batches: int) -> Spend:
    """Return what batch `number` (from 0) may spend of the run's budget."""
    budget = Spend(
        math.inf if run.max_tokens is None else run.max_tokens,
        math.inf if run.max_cost_usd is None else run.max_cost_usd,
    )
    return share_of_batch(budget, number, batches, _largest_triples(run))


def open_purse(lake: Lake, run: RefreshRun, name: str, share: Spend) -> Purse:
    """Return a purse with `share`, less what earlier tries of the same task may have spent of it."""
    key = _key(run, name)

    def record(spent: Spend) -> None:
        bounded = {"tokens": spent.tokens, "cost_usd": spent.cost_usd}
        lake.write_json(key, {name: value if math.isfinite(value) else 0 for name, value in bounded.items()})

    return Purse(share, spent_from(lake, run, name), record)


def spent_from(lake: Lake, run: RefreshRun, name: str) -> Spend:
    """Return what was written down of a purse, at most: nothing where the run has no budget."""
    return Spend(**(lake.read_json(_key(run, name)) or {}))


def _largest_triples(run: RefreshRun) -> Spend:
    """Return the worst case of the largest request for triples, whichever model it goes to."""
    text = "–" * run.recipe.max_chunk_chars
    worst = [worst_of(run, request_body(run.recipe, text, generator)) for generator in run.recipe.mix]
    return Spend(max(one.tokens for one in worst), max(one.cost_usd for one in worst))


def _key(run: RefreshRun, name: str) -> str:
    return f"{run.folder}/spending/{name}.json"
