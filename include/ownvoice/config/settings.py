"""The settings of an installation, read from the environment and checked together.

Each has a default that works on one machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnparsedError

from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.config.hub_name import hub_name_fault
from ownvoice.config.judges import Panel
from ownvoice.config.misspelt import refuse_misspelt
from ownvoice.config.options import RefreshOptions, StoreUri
from ownvoice.config.prices import ModelLimits
from ownvoice.config.problems import settings_error
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.errors import SettingsError


def _default_lake() -> str:
    return (Path.cwd() / ".ownvoice" / "lake").as_uri()


@dataclass(frozen=True, slots=True)
class HubDataset:
    """The dataset's repository on the Hub, and the facts of its card that do not follow from the data."""

    repo_id: str
    private: bool = True
    licence: str | None = None
    languages: tuple[str, ...] = ()


class Settings(RefreshOptions, BaseSettings):
    """The settings. Each is read from the environment with the prefix `OWNVOICE_`.

    Fields of the recipe and of the source are reached with two underscores: `OWNVOICE_RECIPE__MODEL`. Keys are no
    settings: they come from Airflow connections or from the usual variables (`OPENAI_API_KEY`, `AWS_ACCESS_KEY_ID`).
    """

    model_config = SettingsConfigDict(
        env_prefix="OWNVOICE_", env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    articles: StoreUri | None = Field(
        None, description="The source, which articles are read from: s3://bucket/prefix or file:///folder."
    )
    feedback: StoreUri | None = Field(
        None, description="What readers said of answers, as exports: s3://bucket/prefix or file:///folder; empty: none."
    )
    feedback_rules: FeedbackRules = Field(FeedbackRules(), description="How feedback is read, and who agreed to it.")
    lake: StoreUri = Field(
        default_factory=_default_lake, description="The lake, which holds everything that is made; s3:// or file:///."
    )
    folders_are_shared: bool = Field(
        False,
        description="Whether every machine that runs tasks has the folders of file:/// addresses at the same path, as "
        "on NFS. Without it they are refused where Airflow runs tasks on several machines, or the trainer is a pod.",
    )
    max_requests_in_flight: int = Field(
        256,
        ge=1,
        le=1000,
        description="Most requests that one task has open. Below that it finds out how many the endpoint answers at a "
        "time: it begins with few, and goes back where more bring no more answers a second, or time out.",
    )
    request_timeout_s: float = Field(
        60,
        gt=0,
        description="Timeout of a request in seconds, until its last byte. One that takes far longer than "
        "all others is cut earlier and sent again; a server of your own may need more than the default.",
    )
    read_timeout_s: float | None = Field(
        None,
        gt=0,
        description="Longest time in seconds without a byte of the response, generation included; empty: no bound.",
    )
    requests_per_minute: float | None = Field(
        None, gt=0, description="The account's requests per minute for a model, shared by all tasks; empty: found out."
    )
    tokens_per_minute: float | None = Field(None, gt=0, description="The same in tokens per minute.")
    limits: dict[str, ModelLimits] = Field(
        {},
        description="Limits of single models by name, as JSON: requests_per_minute, tokens_per_minute.",
    )

    judges: Panel = Field(
        (),
        description="The judges, as a JSON list: name, model and family of each, and what else it needs, as in "
        '[{"name": "first", "model": "gpt-5-mini", "family": "gpt", "prompt": "pairwise_truth"}]. A judge counts once '
        "it is qualified, and a jury has two of two families. Empty: nothing is judged.",
    )
    judge_max_usd: float | None = Field(
        None,
        ge=0,
        description="Most US dollars that judging a training's model may cost; needs the judges' prices; empty: no "
        "bound.",
    )
    judge_max_tokens: int | None = Field(None, ge=1, description="The same in tokens, prompts and answers together.")

    page_deadline_s: float = Field(
        2, gt=0, le=60, description="Longest time in seconds that a page in the Airflow UI waits for the lake."
    )

    notifiers: dict[str, dict[str, Any]] = Field(
        {},
        description="Notifiers of failed tasks and of the verdicts on a refresh, as JSON: the class of an Airflow "
        "notifier and its arguments, in which {{ message }} is replaced by the message, as in "
        '{"airflow.providers.http.notifications.HttpNotifier": '
        '{"http_conn_id": "on_call", "json": {"text": "{{ message }}"}}}. Keys belong in the connection.',
    )

    hub_dataset_repo: str | None = Field(
        None,
        description="Dataset repository on the Hub that each version is pushed to, as owner/name; empty: none.",
    )
    hub_dataset_private: bool = Field(True, description="Whether a dataset repository is private when it is created.")
    hub_dataset_licence: str | None = Field(None, description="Licence that the dataset's card names; empty: none.")
    hub_dataset_languages: tuple[str, ...] = Field(
        (), description="Languages that the dataset's card names, as a JSON list of codes."
    )

    @field_validator("hub_dataset_repo")
    @classmethod
    def _is_a_repository(cls, value: str | None) -> str | None:
        if value is not None and (fault := hub_name_fault(value)):
            raise ValueError(fault)
        return value

    @property
    def hub_dataset(self) -> HubDataset | None:
        """The repository that versions are pushed to, or None where the settings name none."""
        if self.hub_dataset_repo is None:
            return None
        return HubDataset(
            self.hub_dataset_repo, self.hub_dataset_private, self.hub_dataset_licence, self.hub_dataset_languages
        )


def new_run(settings: Settings, recipe: GenerationRecipe, **fields: Any) -> RefreshRun:
    """Return a run with `fields`; options that are not among them come from the settings.

    Raises `SettingsError` that names every problem at once.
    """
    options = {name: getattr(settings, name) for name in RefreshOptions.model_fields}
    prices = {model: settings.prices[model] for model in recipe.models if model in settings.prices}
    try:
        return RefreshRun(**options | {"recipe": recipe, "prices": prices} | fields)
    except ValidationError as error:
        raise settings_error(error) from None


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` that are not None take the place of the environment.

    Raises `SettingsError` that names every problem at once, also a variable that is nearly the name of a setting.
    """
    refuse_misspelt("OWNVOICE_", Settings.model_fields, but="OWNVOICE_TRAINER_")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise settings_error(error, "OWNVOICE_") from None
    except UnparsedError as error:
        raise SettingsError(
            f"an OWNVOICE_ variable is no JSON: {error} ({error.__cause__}). Correct it and run again."
        ) from None
