"""Price and rate limits of a model, as a person read them on the provider's page; none are built in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field


class ModelPrice(BaseModel):
    """The price of one model in US dollars per million tokens, with the page and the day it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_usd_per_million_tokens: float = Field(ge=0)
    output_usd_per_million_tokens: float = Field(ge=0)
    source: str = Field(min_length=1, description="The page or contract that names the price.")
    seen_on: dt.date = Field(description="The day on which the price was read there.")

    def cost_usd(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Return the cost of these tokens in US dollars."""
        millionths = (
            prompt_tokens * self.input_usd_per_million_tokens + completion_tokens * self.output_usd_per_million_tokens
        )
        return millionths / 1_000_000


def sum_of_known(costs: Sequence[float | None]) -> float | None:
    """Return the sum of costs; None where one of them is not known."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


class ModelLimits(BaseModel):
    """An account's limits for one model, per minute; empty: found out from the endpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)
