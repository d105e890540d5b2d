"""What a model costs: read by a person from the provider's own page, never guessed."""

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
