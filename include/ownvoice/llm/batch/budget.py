"""The bound on money in batch mode: which requests fit into what is left of the share, each at its worst case. Pure.

The spent amount is not recorded. Requests are submitted only while no batch job of the same chunks is open, so the
stored answers, which name the run and chunk that paid, add up to all that was spent, also after a kill or a deferral.
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
    """Return the keys of the wanted requests that do not fit into `share` beside what was spent."""
    outcomes = (one.unsent if isinstance(one, NextRequest) else one for one in found)
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
    # Where an endpoint does not count, assume the worst case, all of it at the price of an answer's tokens.
    return spend(price, *counted) if any(counted) else spend(price, 0, outcome.reserved_tokens)
