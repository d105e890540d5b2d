"""How much of a run's budget one batch may spend, on triples and on the rejected answers of a second model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from ownvoice.config.recipe import TRIPLES_PER_CHUNK
from ownvoice.config.run import RefreshRun
from ownvoice.llm.batch_task import BatchTask
from ownvoice.llm.budget import Spend, SpendingLimit, share_of_batch, worst_case
from ownvoice.llm.request import RequestBody
from ownvoice.storage.lake import Lake
from ownvoice.triples.request import rejected_bodies, request_body

_LONG_INSTRUCTION_CHARS = 200


class Purpose(StrEnum):
    """What is asked for: triples by a generator, or rejected answers by the second model."""

    TRIPLES = "triples"
    REJECTED = "rejected"


def share_of(task: BatchTask, batches: Sequence[str], purpose: Purpose) -> Spend:
    """Return what a batch of the plan may spend for one purpose; `batches` are the names of all.

    Its share is split in the proportion of the worst cases of a chunk. Without the split, run after run would spend a
    small budget on triples alone, and no pair would ever be complete.
    """
    run = task.run
    budget = Spend(
        math.inf if run.max_tokens is None else run.max_tokens,
        math.inf if run.max_cost_usd is None else run.max_cost_usd,
    )
    worst = {Purpose.TRIPLES: _worst_of_triples(run), Purpose.REJECTED: _worst_of_rejected(run)}
    whole = worst[Purpose.TRIPLES] + worst[Purpose.REJECTED]
    share = share_of_batch(budget, batches.index(task.name), len(batches), whole)
    part = worst[purpose]
    return Spend(
        _proportion(share.tokens, part.tokens, whole.tokens),
        _proportion(share.cost_usd, part.cost_usd, whole.cost_usd),
    )


def open_spending_limit(task: BatchTask, batches: Sequence[str], purpose: Purpose) -> SpendingLimit:
    """Return the limit of a batch for one purpose, less what earlier tries of its task may have spent."""
    key = task.run.keys.spending(task.name if purpose is Purpose.TRIPLES else f"{task.name}-{purpose}")
    return limit_kept_at(task.lake, key, share_of(task, batches, purpose))


def limit_kept_at(lake: Lake, key: str, share: Spend) -> SpendingLimit:
    """Return a limit that keeps under `key` what is spent of `share`, and goes on from what is kept there."""

    def record(spent: Spend) -> None:
        amounts = {"tokens": spent.tokens, "cost_usd": spent.cost_usd}
        lake.write_json(key, {name: amount if math.isfinite(amount) else 0 for name, amount in amounts.items()})

    earlier = lake.read_record(key, lambda stored: Spend(stored["tokens"], stored["cost_usd"])) or Spend()
    return SpendingLimit(share, earlier, record)


def _worst_of_triples(run: RefreshRun) -> Spend:
    """Return the worst case of the largest request for triples, whichever model it goes to."""
    text = "–" * run.recipe.max_chunk_chars
    worst = [_worst_of(run, request_body(run.recipe, text, generator)) for generator in run.recipe.mix]
    return Spend(max(one.tokens for one in worst), max(one.cost_usd for one in worst))


def _worst_of_rejected(run: RefreshRun) -> Spend:
    """Return the worst case of all answers of a second model about one chunk."""
    second = run.recipe.rejected_by
    if second is None or not second.is_at_endpoint:
        return Spend()
    instruction, chosen = "–" * _LONG_INSTRUCTION_CHARS, "– " * run.recipe.max_chunk_chars
    draws = (_worst_of(run, body) for body in rejected_bodies(run.recipe, second, instruction, chosen))
    worst = sum(draws, Spend())
    return Spend(TRIPLES_PER_CHUNK * worst.tokens, TRIPLES_PER_CHUNK * worst.cost_usd)


def _worst_of(run: RefreshRun, body: RequestBody) -> Spend:
    return worst_case(run.prices.get(body["model"]), body)


def _proportion(amount: float, part: float, whole: float) -> float:
    return amount if math.isinf(amount) or part == whole else amount * part / whole
