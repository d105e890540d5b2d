"""What a batch may spend: its share of the refresh's budget, cut into one for triples and one for rejected answers."""

from __future__ import annotations

import math

from ownvoice.config.recipe import TRIPLES_PER_CHUNK
from ownvoice.config.run import RefreshRun
from ownvoice.llm.budget import Spend, SpendingLimit, share_of_batch, worst_case
from ownvoice.llm.request import RequestBody
from ownvoice.storage.lake import Lake
from ownvoice.triples.request import rejected_body, request_body

_LONG_INSTRUCTION_CHARS = 200


def worst_of(run: RefreshRun, body: RequestBody) -> Spend:
    """Return the most that a request of this run can come to."""
    return worst_case(run.prices.get(body["model"]), body)


def shares_of_batch(run: RefreshRun, number: int, batches: int) -> tuple[Spend, Spend]:
    """Return what batch `number` (from 0) may spend of the run's budget: on triples, and on rejected answers.

    The split is that of the worst cases of a chunk: without it a small budget would go into triples alone, night after
    night, and no pair would ever be whole.
    """
    budget = Spend(
        math.inf if run.max_tokens is None else run.max_tokens,
        math.inf if run.max_cost_usd is None else run.max_cost_usd,
    )
    triples, rejected = _largest_triples(run), _largest_rejected(run)
    whole = triples + rejected
    share = share_of_batch(budget, number, batches, whole)
    return _part(share, triples, whole), _part(share, rejected, whole)


def open_spending_limit(lake: Lake, run: RefreshRun, name: str, share: Spend) -> SpendingLimit:
    """Return a purse with `share`, less what earlier tries of the same task may have spent of it."""
    key = _key(run, name)

    def record(spent: Spend) -> None:
        bounded = {"tokens": spent.tokens, "cost_usd": spent.cost_usd}
        lake.write_json(key, {name: value if math.isfinite(value) else 0 for name, value in bounded.items()})

    before = lake.read_json(key) or {"tokens": 0, "cost_usd": 0.0}
    return SpendingLimit(share, Spend(**before), record)


def _largest_triples(run: RefreshRun) -> Spend:
    """Return the worst case of the largest request for triples, whichever model it goes to."""
    text = "–" * run.recipe.max_chunk_chars
    worst = [worst_of(run, request_body(run.recipe, text, generator)) for generator in run.recipe.mix]
    return Spend(max(one.tokens for one in worst), max(one.cost_usd for one in worst))


def _largest_rejected(run: RefreshRun) -> Spend:
    """Return the worst case of all answers of a second model about one chunk."""
    second = run.recipe.rejected_by
    if second is None:
        return Spend()
    worst = worst_of(run, rejected_body(second, "–" * _LONG_INSTRUCTION_CHARS))
    return Spend(TRIPLES_PER_CHUNK * worst.tokens, TRIPLES_PER_CHUNK * worst.cost_usd)


def _part(share: Spend, part: Spend, whole: Spend) -> Spend:
    return Spend(
        _proportion(share.tokens, part.tokens, whole.tokens),
        _proportion(share.cost_usd, part.cost_usd, whole.cost_usd),
    )


def _proportion(amount: float, part: float, whole: float) -> float:
    return amount if math.isinf(amount) or part == whole else amount * part / whole


def _key(run: RefreshRun, name: str) -> str:
    return run.keys.spending(name)
