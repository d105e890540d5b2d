"""What a person asks for who begins a round of review."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class RoundRequest(BaseModel):
    """The fields of the form of `review_pairs`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(100, ge=1, le=5000, description="How many items people are shown; a version too small has fewer.")
    dataset_version: int | None = Field(None, ge=1, description="The dataset version; empty: the newest.")
    author_id: str = Field("", description="Only pairs of this author; empty: of all.")
