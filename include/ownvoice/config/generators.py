"""The models of a recipe, and the choice of one for each chunk."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

LLM_API = "llm_api"
"""The endpoint of a recipe that names no other."""

Route = tuple[str, str]
"""An endpoint and a model there; each route has rate limits of its own."""

_ENDPOINT = Field(
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
    endpoint: str = _ENDPOINT

    @property
    def name(self) -> str:
        """The name that its share is drawn by: it depends on the requests, not on the endpoint that gets them."""
        effort = f" with {self.reasoning_effort} effort" if self.reasoning_effort else ""
        return f"{self.model} at {self.temperature}{effort}"

    @property
    def route(self) -> Route:
        """The endpoint and model that its requests go to."""
        return self.endpoint, self.model


class RejectedBy(BaseModel):
    """The model that writes the rejected answers, mostly the one to be aligned; it sees the instruction alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(min_length=1, description="Model name, as the endpoint knows it.")
    temperature: float | None = Field(0.7, ge=0, le=2, description="Sampling temperature; empty: not sent.")
    reasoning_effort: str | None = REASONING_EFFORT
    max_output_tokens: int = Field(1000, ge=16, le=32_000, description="Longest answer, in tokens.")
    endpoint: str = _ENDPOINT

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
