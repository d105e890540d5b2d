"""What a model costs and how often it may be asked: read by a person from the provider's own page, never guessed."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field


class ModelPrice(BaseModel):
    """The price of one model, in US dollars for a million tokens, with where and when it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_usd_per_million_tokens: float = Field(ge=0)
    output_usd_per_million_tokens: float = Field(ge=0)
    source: str = Field(min_length=1, description="The page or contract that names the price.")
    seen_on: dt.date = Field(description="The day on which it said so.")

    def cost_usd(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Return what so many tokens cost."""
        millionths = (
            prompt_tokens * self.input_usd_per_million_tokens + completion_tokens * self.output_usd_per_million_tokens
        )
        return millionths / 1_000_000


class ModelLimits(BaseModel):
    """How much an account may ask of one model in a minute; empty: found out from the endpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests_per_minute: float | None = Field(None, gt=0)
    tokens_per_minute: float | None = Field(None, gt=0)
