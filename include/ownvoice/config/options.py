"""The options of a refresh run that an installation sets once: settings hold them, and each run records its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ownvoice.config.prices import ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.source_rules import SourceRules

Mode = Literal["realtime", "batch"]


def _is_a_store(uri: str) -> str:
    if not uri.startswith(("s3://", "file:///")):
        raise ValueError("write s3://bucket/prefix or file:///absolute/folder")
    return uri


StoreUri = Annotated[str, AfterValidator(_is_a_store)]
"""A bucket prefix or a folder: `s3://bucket/prefix` or `file:///folder`."""


class RefreshOptions(BaseModel):
    """How a refresh reads the source, asks models and bounds its spend.

    Declared here alone: `Settings` reads these fields from the environment, `RefreshRun` records them for one run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: GenerationRecipe = Field(
        GenerationRecipe(), description="The generation recipe that a refresh starts from."
    )
    mode: Mode = Field(
        "realtime",
        description="Ask at once, or through the endpoint's batch API: at OpenAI half the price, and up to a day.",
    )
    source: SourceRules = Field(SourceRules(), description="How the source is read.")
    test_share: float = Field(0.05, ge=0, le=0.5, description="Share of article clusters held out as the test split.")
    near_duplicate_jaccard: float = Field(
        0.5,
        ge=0.5,
        le=1,
        description="Jaccard index of word 5-grams from which on two articles are near-duplicates, as in OpenWebText "
        "(Gokaslan and Cohen, 2019). Below 0.5 the search would miss more than one in a hundred; 1: exact copies only.",
    )
    boilerplate_min_articles: int = Field(
        5, ge=2, description="Articles of an author that a passage of five words or more is in to be boilerplate."
    )
    boilerplate_min_share: float = Field(
        0.1, gt=0, le=1, description="Share of the author's newest 200 articles, or of all, that it is in as well."
    )
    evaluation_sets: tuple[StoreUri, ...] = Field(
        (),
        description="Evaluation sets whose rows no pair may contain, as a JSON list of files or folders (s3:// or "
        "file:///) with .jsonl, .parquet or .txt files. 13 words in a row count as contained (GPT-3, Brown et al., "
        "2020).",
    )
    look_back_days: int = Field(3, ge=0, description="Day folders before the last run's that are listed again.")
    reconcile_every_days: int = Field(7, ge=1, description="Days after which the whole source is listed again.")
    max_generation_tasks: int = Field(64, ge=1, le=1024, description="Most batches, and so mapped tasks, of a refresh.")
    max_active_generation_tasks: int = Field(
        16, ge=1, description="Most batches at work at the same time; they share the rate limits."
    )
    max_tokens: int | None = Field(
        None, ge=1, description="A refresh's budget in tokens, prompts and answers together; without one, no bound."
    )
    max_cost_usd: float | None = Field(
        None,
        ge=0,
        description="A refresh's budget in US dollars; needs the models' prices; without one, no bound.",
    )
    max_dead_share: float = Field(0.2, ge=0, le=1, description="Share of dead chunks above which a batch fails.")
    prices: dict[str, ModelPrice] = Field(
        {},
        description="Prices by model name, as JSON: input_usd_per_million_tokens, output_usd_per_million_tokens, "
        "source, seen_on. None is shipped, since prices change: read them where you pay. Without one, only tokens are "
        "counted.",
    )
