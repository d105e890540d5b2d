"""The models of a recipe, and the choice of one for each chunk."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

LLM_API = "llm_api"
"""The endpoint of a recipe that names no other."""

Route = tuple[str, str]
"""An endpoint and a model there; each route has rate limits of its own."""

ENDPOINT = Field(
    LLM_API,
    # Only these names: a person who fills in the form must not be able to send another connection's secret to a model.
    pattern=r"^llm_[a-z0-9_]+$",
    description="Airflow connection of the endpoint; without Airflow, <NAME>_BASE_URL and <NAME>_API_KEY.",
)

REASONING_EFFORT = Field(
    None,
    pattern=r"^[a-z]+$",
    description="How long a reasoning model thinks, in its own words, such as `low`; empty: not sent.",
)


class Generator(BaseModel):
    """One of several models that make triples. Its key belongs to the endpoint and is no part of the recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(min_length=1, description="Model name, as the endpoint knows it.")
    weight: float = Field(1.0, gt=0, le=1000, description="Its share of the chunks, beside the other weights.")
    temperature: float | None = Field(0.7, ge=0, le=2, description="Sampling temperature; empty: not sent.")
    reasoning_effort: str | None = REASONING_EFFORT
    endpoint: str = ENDPOINT

    @property
    def name(self) -> str:
        """The name that its share is drawn by: it depends on the requests, not on the endpoint that gets them."""
        effort = f" with {self.reasoning_effort} effort" if self.reasoning_effort else ""
        return f"{self.model} at {self.temperature}{effort}"

    @property
    def route(self) -> Route:
        """The endpoint and model that its requests go to."""
        return self.endpoint, self.model


NEWEST_RUN = "run:newest"
"""The model of the newest healthy training; each refresh records which one that was when it began."""

IN_STORES = ("lake:", "hub:", "run:")


class RejectedBy(BaseModel):
    """The model that writes the rejected answers, mostly the one to be aligned.

    It sees the instruction, and a length where the recipe tells one.

    It is asked at an endpoint, or its files are in the lake or on the Hub and the trainer's environment answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(
        min_length=1,
        description="Model name, as the endpoint knows it; or a model that the trainer's environment loads: "
        "`lake:KEY`, `hub:owner/name@revision`, `run:TRAINING_RUN`, or `run:newest` for the newest healthy training.",
    )
    prompt_template: Literal["alpaca", "chat"] | None = Field(
        None,
        description="Form of the prompt for a model of the lake or the Hub; empty: as it was trained, else `alpaca`.",
    )
    temperature: float | None = Field(0.7, ge=0, le=2, description="Sampling temperature; empty: not sent.")
    reasoning_effort: str | None = REASONING_EFFORT
    max_output_tokens: int = Field(1000, ge=16, le=32_000, description="Longest answer, in tokens.")
    endpoint: str = ENDPOINT

    @model_validator(mode="after")
    def _has_the_fields_of_its_kind(self) -> Self:
        if self.is_at_endpoint and self.prompt_template:
            raise ValueError("prompt_template is for a model of the lake or the Hub: an endpoint forms its own prompts")
        if not self.is_at_endpoint and (self.reasoning_effort or self.temperature is None):
            raise ValueError(f"{self.model} is not asked at an endpoint: it needs a temperature, no reasoning_effort")
        if not self.is_at_endpoint and self.endpoint != LLM_API:
            raise ValueError(f"{self.model} is not asked at an endpoint: leave endpoint out, or name a model there")
        return self

    @property
    def is_at_endpoint(self) -> bool:
        """Whether an endpoint answers; otherwise the trainer's environment loads the model and does."""
        return not self.model.startswith(IN_STORES)

    @property
    def route(self) -> Route:
        """The endpoint and model that its requests go to."""
        return self.endpoint, self.model


def pick(generators: Iterable[Generator], chunk_key: str) -> Generator:
    """Return the generator for a chunk, by weighted rendezvous hashing.

    Each generator draws a number from its name and the chunk, and the highest weighted draw wins (Thaler and
    Ravishankar 1998; the logarithmic weights: Schindelhauer and Schomaker 2005). So an added generator takes its share
    of the chunks from the others, and no chunk moves between those.
    """
    return max(generators, key=lambda one: _draw(one, chunk_key))


def _draw(generator: Generator, chunk_key: str) -> float:
    digest = hashlib.sha256(f"{chunk_key} {generator.name}".encode()).digest()
    uniform = (int.from_bytes(digest[:8]) + 0.5) / 2**64
    return -generator.weight / math.log(uniform)
