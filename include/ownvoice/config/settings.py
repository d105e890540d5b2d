"""The settings: few, each with a default that works on one machine, read from the environment and checked at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnparsedError

from ownvoice.config.prices import ModelLimits, ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import Mode, RefreshRun
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import SettingsError

_Model = TypeVar("_Model", bound=BaseModel)


def _default_lake() -> str:
    return (Path.cwd() / ".ownvoice" / "lake").as_uri()


@dataclass(frozen=True, slots=True)
class HubDataset:
    """The dataset's repository on the Hub, and what its card says that no data tells."""

    repo_id: str
    private: bool = True
    licence: str | None = None
    languages: tuple[str, ...] = ()


class Settings(BaseSettings):
    """What an installation sets once. Every name is read from the environment with the prefix `OWNVOICE_`.

    Fields of the recipe and of the source are reached with two underscores: `OWNVOICE_RECIPE__MODEL`. Keys are no
    settings: they come from Airflow connections or from the usual variables (`OPENAI_API_KEY`, `AWS_ACCESS_KEY_ID`).
    """

    model_config = SettingsConfigDict(
        env_prefix="OWNVOICE_", env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    articles: str | None = Field(None, description="Where the articles stand: s3://bucket/prefix or file:///folder.")
    lake: str = Field(default_factory=_default_lake, description="Where all that is made is kept; same two forms.")
    recipe: GenerationRecipe = Field(
        GenerationRecipe(), description="The generation recipe that a refresh starts from."
    )
    mode: Mode = Field(
        "realtime", description="How a night asks: realtime, or batch, through the endpoint's batch API (up to a day)."
    )
    source: SourceRules = Field(SourceRules(), description="How the source is read.")
    test_share: float = Field(0.05, ge=0, le=0.5, description="Share of article clusters held out as the test split.")
    near_duplicate_jaccard: float = Field(
        0.5,
        ge=0.5,
        le=1,
        description="Jaccard index of word 5-grams from which on two articles are near-duplicates, as in OpenWebText "
        "(Gokaslan and Cohen, 2019). Below .5 the search would miss more than one in a hundred; 1: exact copies only.",
    )
    boilerplate_min_articles: int = Field(
        5, ge=2, description="A paragraph or sentence of five words that stands in so many articles, ..."
    )
    boilerplate_min_share: float = Field(
        0.1,
        gt=0,
        le=1,
        description="... and in such a share of the newest 200 of its author, or of all, is boilerplate and left out.",
    )
    evaluation_sets: tuple[str, ...] = Field(
        (),
        description="Evaluation sets that no pair may hold a row of: a JSON list of files or folders in the two forms, "
        "with .jsonl, .parquet or .txt files; a row is hit by 13 of its words in a row (GPT-3, Brown et al., 2020).",
    )
    look_back_days: int = Field(3, ge=0, description="Day folders before the last night that are listed again.")
    reconcile_every_days: int = Field(7, ge=1, description="The whole source is listed at least so often.")
    max_generation_tasks: int = Field(64, ge=1, le=1024, description="Most batches, and so mapped tasks, of a refresh.")
    max_active_generation_tasks: int = Field(16, ge=1, description="Batches of a refresh that are at work at once.")
    max_requests_in_flight: int = Field(
        256,
        ge=1,
        le=1000,
        description="Most requests that one task has open; how many the endpoint bears, it finds out.",
    )
    request_timeout_s: float = Field(60, gt=0, description="Seconds for a whole request, to its last byte.")
    read_timeout_s: float | None = Field(
        None,
        gt=0,
        description="Longest silence in a request, in seconds, the making of its answer included; empty: no bound.",
    )
    requests_per_minute: float | None = Field(
        None, gt=0, description="The account's limit for a model, shared by all tasks; empty: found out."
    )
    tokens_per_minute: float | None = Field(None, gt=0, description="The same in tokens.")
    max_tokens: int | None = Field(None, ge=1, description="A refresh's budget in tokens; empty: no bound.")
    max_cost_usd: float | None = Field(None, ge=0, description="A refresh's budget in US dollars; empty: no bound.")
    max_dead_share: float = Field(0.2, ge=0, le=1, description="Share of dead chunks past which a batch fails.")
    prices: dict[str, ModelPrice] = Field(
        {},
        description="What models cost, by name, as JSON: input_usd_per_million_tokens, output_usd_per_million_tokens, "
        "source, seen_on. None is shipped: prices change, so read them where you pay. Without one, tokens are counted.",
    )
    limits: dict[str, ModelLimits] = Field(
        {},
        description="Models with limits of their own, by name, as JSON: requests_per_minute, tokens_per_minute.",
    )

    notifiers: dict[str, dict[str, Any]] = Field(
        {},
        description="Who is told of a failed task, as JSON: an Airflow notifier's class and its arguments, in which "
        "{{ message }} is what there is to tell, as in "
        '{"airflow.providers.http.notifications.HttpNotifier": '
        '{"http_conn_id": "on_call", "json": {"text": "{{ message }}"}}}. Keys belong into the connection.',
    )

    hub_dataset_repo: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$",
        description="Dataset repository on the Hub that each night is pushed to, as owner/name; empty: none.",
    )
    hub_dataset_private: bool = Field(True, description="Whether a dataset repository that is made is private.")
    hub_dataset_licence: str | None = Field(None, description="Licence that the dataset's card names; empty: none.")
    hub_dataset_languages: tuple[str, ...] = Field(
        (), description="Languages that the dataset's card names, as a JSON list of codes."
    )

    @field_validator("articles", "lake")
    @classmethod
    def _is_a_store(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("s3://", "file:///")):
            raise ValueError("write s3://bucket/prefix or file:///absolute/folder")
        return value

    @field_validator("evaluation_sets")
    @classmethod
    def _are_stores(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(filter(cls._is_a_store, values))

    @property
    def hub_dataset(self) -> HubDataset | None:
        """Where the dataset is pushed to, or None where the settings name no repository."""
        if self.hub_dataset_repo is None:
            return None
        return HubDataset(
            self.hub_dataset_repo, self.hub_dataset_private, self.hub_dataset_licence, self.hub_dataset_languages
        )


def new_run(settings: Settings, recipe: GenerationRecipe, **fields: Any) -> RefreshRun:
    """Return a run with these fields; those that it shares with the settings, and are not among these, come from there.

    Raises `SettingsError` that names every problem at once.
    """
    shared = {name: getattr(settings, name) for name in RefreshRun.model_fields if name in Settings.model_fields}
    prices = {model: settings.prices[model] for model in recipe.models if model in settings.prices}
    try:
        return RefreshRun(**shared | {"recipe": recipe, "prices": prices} | fields)
    except ValidationError as error:
        raise settings_error(error) from None


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` that are not None take the place of the environment.

    Raises `SettingsError` that names every problem at once.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise settings_error(error, "OWNVOICE_") from None
    except UnparsedError as error:
        raise SettingsError(
            f"an OWNVOICE_ variable is no JSON: {error} ({error.__cause__}). Correct it and run again."
        ) from None


def with_fields(recipe: _Model, fields: Iterable[str]) -> _Model:
    """Return `recipe` with the fields that are given as name=value. Raises `SettingsError` that names every problem."""
    values = recipe.model_dump()
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals:
            raise SettingsError(f"--recipe {field!r} is no name=value pair.")
        values[name] = value
    try:
        return type(recipe).model_validate(values)
    except ValidationError as error:
        raise settings_error(error) from None


def settings_error(error: ValidationError, prefix: str = "") -> SettingsError:
    """Turn what pydantic found into one sentence that names every problem; values are shown, keys have none here."""
    return SettingsError("; ".join(problems_in(error, prefix)) + ". Correct them and run again.")


def problems_in(error: ValidationError, prefix: str = "") -> Iterator[str]:
    """Yield each thing that pydantic found."""
    for one in error.errors():
        message = one["msg"].removeprefix("Value error, ")
        message = message[0].lower() + message[1:]
        path = "__".join(str(part) for part in one["loc"])
        name = prefix + path.upper() if prefix else path
        # The input of a missing field, or of several that do not fit together, is all of them: nobody wants to read it.
        if isinstance(one["input"], (dict, BaseModel)):
            yield f"{name}: {message}" if path else message
        else:
            yield f"{name} is {one['input']!r}: {message}"
