"""A refresh run: what one night was asked to do, and where it keeps its files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ownvoice.config.prices import ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import StorageError
from ownvoice.storage.layout import RunKeys

if TYPE_CHECKING:
    from ownvoice.storage.lake import (
        Lake,  # a DAG file reads this module for its form, and must not load pyarrow for it
    )


Mode = Literal["realtime", "batch"]
Retry = Literal["none", "dead"]


class RefreshRun(BaseModel):
    """The whole input of one refresh, written down once, so that a retried task reads what the first one read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str = Field(min_length=1)
    refresh_date: dt.date = Field(description="The run's own date in UTC; a rerun keeps it.")
    articles_uri: str
    recipe: GenerationRecipe = GenerationRecipe()
    source: SourceRules = SourceRules()
    prefix: str = Field("", description="Only objects below this folder of the source.")
    limit_articles: int | None = Field(
        None, ge=1, description="Ask about at most so many articles; the others stay pending."
    )
    mode: Mode = Field(
        "realtime",
        description="Ask at once, or through the endpoint's batch API: at OpenAI half the price, and up to a day.",
    )
    retry: Retry = Field(
        "none",
        description="`dead`: leave the source alone and ask again about chunks that have no usable answer after all "
        "tries, with as many tries again; every other chunk keeps its answer.",
    )
    retry_article: str = Field("", description="Of the dead chunks, only this article's.")
    retry_error: str = Field("", description="Of the dead chunks, only those that met an error of this class.")
    reconcile: bool = Field(False, description="List the whole source, however old its day folders are.")
    dry_run: bool = Field(False, description="Plan and estimate; ask the model nothing and commit nothing.")
    test_share: float = Field(0.05, ge=0, le=0.5, description="Share of article clusters held out as the test split.")
    near_duplicate_jaccard: float = Field(
        0.5, ge=0.5, le=1, description="Articles that have so much in common are generated from once."
    )
    boilerplate_min_articles: int = Field(5, ge=2, description="A passage in fewer articles is no boilerplate.")
    boilerplate_min_share: float = Field(
        0.1, gt=0, le=1, description="Nor one in a smaller share of the newest articles of its author or of all."
    )
    evaluation_sets: tuple[str, ...] = Field((), description="No pair holds a row of these files or folders.")
    look_back_days: int = Field(3, ge=0, description="Day folders before the cursor that are listed again.")
    reconcile_every_days: int = Field(7, ge=1, description="The whole source is listed at least so often.")
    max_generation_tasks: int = Field(64, ge=1, le=1024, description="Most batches a refresh is cut into.")
    max_active_generation_tasks: int = Field(
        1, ge=1, description="Batches at work at once; they share the rate limits."
    )
    max_tokens: int | None = Field(None, ge=1, description="Budget in tokens, prompts and answers together.")
    max_cost_usd: float | None = Field(None, ge=0, description="Budget in US dollars; needs the model's price.")
    max_dead_share: float = Field(0.2, ge=0, le=1, description="Share of dead chunks past which a batch fails.")
    prices: dict[str, ModelPrice] = Field(
        {}, description="Prices of the recipe's models, by name; where one is not known, tokens are counted."
    )

    @model_validator(mode="after")
    def _a_budget_in_dollars_has_a_price(self) -> Self:
        unknown = [model for model in self.recipe.models if model not in self.prices]
        if self.max_cost_usd is not None and unknown:
            raise ValueError(
                f"max_cost_usd needs the price of {', '.join(map(repr, unknown))}: name it in OWNVOICE_PRICES, "
                "or use max_tokens"
            )
        return self

    @property
    def is_partial(self) -> bool:
        """Whether this run looks at less than the whole night's work, and so must not move the cursor."""
        return bool(self.prefix) or self.limit_articles is not None or self.dry_run or self.retry != "none"

    @property
    def keys(self) -> RunKeys:
        """The keys of the run's files in the lake."""
        return RunKeys(self.run_id)


FORM_FIELDS = (
    "dry_run",
    "prefix",
    "limit_articles",
    "mode",
    "retry",
    "retry_article",
    "retry_error",
    "reconcile",
    "max_tokens",
    "max_cost_usd",
)
"""The fields of a run that a person sets in the trigger form, in its order; the others come from the settings."""


def record_run(lake: Lake, run: RefreshRun) -> None:
    """Write down what the run was asked to do."""
    lake.write_json(run.keys.run, run.model_dump(mode="json"))


def recorded_run(lake: Lake, run_id: str) -> RefreshRun:
    """Read what the run was asked to do. Raises `StorageError` where its first step has not finished yet."""
    stored = lake.read_json(RunKeys(run_id).run)
    if stored is None:
        raise StorageError(
            f"{lake.uri}/{RunKeys(run_id).folder} holds no run.json: list_new_articles has not finished for this run. "
            "Clear that task and run again."
        )
    return RefreshRun.model_validate(stored)
