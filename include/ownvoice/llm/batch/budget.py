"""The bound on money in batch mode: what of a round fits beside what was spent, every request at its worst. Pure.

Nothing is written down for it. A round begins when no batch of its chunks is open, and so the stored answers, each with
whom it was bought for, say all that was spent, whatever was killed or deferred in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ownvoice.config.prices import ModelPrice
from ownvoice.llm.budget import Spend, spend, worst_case
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.replay import NextRequest


def not_afforded(
    found: Iterable[ChunkOutcome | NextRequest],
    wanted: Mapping[str, NextRequest],
    share: Spend,
    prices: Mapping[str, ModelPrice],
) -> set[str]:
    """Return the keys of the wanted requests that do not fit into `share`; those before them do."""
    outcomes = (one.unasked if isinstance(one, NextRequest) else one for one in found)
    committed = sum((_spent(outcome, prices.get(outcome.model)) for outcome in outcomes), Spend())
    left_out = set()
    for key, one in wanted.items():
        worst = worst_case(prices.get(one.body["model"]), one.body)
        if (committed + worst).within(share):
            committed += worst
        else:
            left_out.add(key)
    return left_out


def _spent(outcome: ChunkOutcome, price: ModelPrice | None) -> Spend:
    counted = outcome.prompt_tokens, outcome.completion_tokens
    # Some endpoints do not count; then it was the worst, and no token costs more than those of an answer.
    return spend(price, *counted) if any(counted) else spend(price, 0, outcome.reserved_tokens)
