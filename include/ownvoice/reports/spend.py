"""What a run was planned to cost, reserved, spent and wasted, in all and by model. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ownvoice.chunks.estimate import TokenEstimate
from ownvoice.chunks.plan import Plan
from ownvoice.config.prices import ModelPrice, sum_of_known
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.refresh_report import Amount, Budget, ModelSpend, Spend
from ownvoice.storage.rows import ChunkRow, SpendRow


def spend_of_run(run: RefreshRun, plan: Plan, chunks: Iterable[ChunkRow]) -> Spend:
    """Add up the spend of the run's rows of `tables/chunks`, those of batches that failed included."""
    paid: dict[str, list[SpendRow]] = defaultdict(list)
    for chunk in chunks:
        for one in chunk["spend"]:
            paid[one["model"]].append(one)
    models = {model: _of_model(model, run, plan, paid[model]) for model in sorted({*run.recipe.models, *paid})}
    return Spend(
        budget=Budget(tokens=run.max_tokens, cost_usd=run.max_cost_usd),
        planned=_total([one.planned for one in models.values()]),
        spent=_total([one.spent for one in models.values()]),
        reserved_tokens=sum(one.reserved_tokens for one in models.values()),
        wasted_tokens=sum(one.wasted_tokens for one in models.values()),
        models=models,
    )


def _of_model(model: str, run: RefreshRun, plan: Plan, paid: Sequence[SpendRow]) -> ModelSpend:
    price = run.prices.get(model)
    planned = plan.models.get(model, TokenEstimate(0, 0))
    return ModelSpend(
        price=price,
        planned=_amount(price, planned.estimated_prompt_tokens, planned.most_completion_tokens),
        reserved_tokens=sum(one["reserved_tokens"] for one in paid),
        spent=_amount(price, sum(one["prompt_tokens"] for one in paid), sum(one["completion_tokens"] for one in paid)),
        wasted_tokens=sum(one["wasted_tokens"] for one in paid),
    )


def _amount(price: ModelPrice | None, prompt_tokens: int, completion_tokens: int) -> Amount:
    cost_usd = price.cost_usd(prompt_tokens, completion_tokens) if price else None
    return Amount(tokens=prompt_tokens + completion_tokens, cost_usd=cost_usd)


def _total(amounts: Sequence[Amount]) -> Amount:
    """Add up; dollars are known where those of every part are."""
    return Amount(
        tokens=sum(one.tokens for one in amounts),
        cost_usd=sum_of_known([one.cost_usd for one in amounts]),
    )
