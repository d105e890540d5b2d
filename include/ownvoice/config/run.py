"""A refresh run: everything it was asked to do, and its record in the lake."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ownvoice.config.options import RefreshOptions
from ownvoice.errors import SettingsError, StorageError
from ownvoice.storage.run_keys import RunKeys

if TYPE_CHECKING:
    from ownvoice.storage.lake import Lake  # not at run time: a DAG file imports this module and must not load pyarrow

Retry = Literal["none", "dead"]


class Round(BaseModel):
    """A round of preference data: a model that a training made writes the rejected answers of the next version.

    `dataset_version` is what that training was trained on. `number` counts from 2: the first round is that of a base.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    training_run: str
    dataset_version: int


class JudgeWork(BaseModel):
    """What one judge takes for the pairs of one chunk, in tokens: prompts as a rule and at most, answers at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    usual_prompt_tokens: int
    most_prompt_tokens: int
    most_completion_tokens: int


class Judging(BaseModel):
    """The judges that count in a night, by name, and why the others of its recipe do not; fixed when the run begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    counting: dict[str, JudgeWork]
    left_out: dict[str, str]


class RefreshRun(RefreshOptions):
    """The whole input of a refresh run, recorded once, so that a task that is tried again reads the same input."""

    run_id: str = Field(min_length=1)
    refresh_date: dt.date = Field(description="The run's own date in UTC; a rerun keeps it.")
    articles_uri: str
    prefix: str = Field("", description="Only objects below this folder of the source.")
    limit_articles: int | None = Field(
        None, ge=1, description="Ask about at most so many articles; the others stay pending."
    )
    retry: Retry = Field(
        "none",
        description="`dead`: leave the source alone and ask again about chunks that have no usable answer after all "
        "tries, with as many tries again; every other chunk keeps its answer.",
    )
    retry_article: str = Field("", description="Of the dead chunks, only this article's.")
    retry_error: str = Field("", description="Of the dead chunks, only those that met an error of this class.")
    reconcile: bool = Field(False, description="List the whole source, however old its day folders are.")
    addresses: dict[str, str] = Field(
        {}, description="The address of each endpoint that the recipe names, as it was when the run began."
    )
    rejected_round: Round | None = Field(
        None, description="The round that it makes, where `rejected_by` names the model of a training."
    )
    judging: Judging | None = Field(None, description="The judges that count, where the recipe names any.")
    dry_run: bool = Field(False, description="Plan and estimate; ask the model nothing and commit nothing.")

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
    def is_judged(self) -> bool:
        """Whether judges that count see its pairs before they are committed."""
        return bool(self.judging and self.judging.counting)

    @property
    def is_partial(self) -> bool:
        """Whether this run looks at a part of the work, and so must not move the cursor."""
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


def refuse_taken_folder(lake: Lake, run: RefreshRun) -> None:
    """Raise `SettingsError` where a training, or a run of another id, has the folder of `run`."""
    other = (lake.read_json(run.keys.run) or {}).get("run_id", run.run_id)
    if other != run.run_id:
        raise SettingsError(f"{run.run_id!r} would share its folder with run {other!r}. Give it a name of its own.")
    if lake.read_json(run.keys.recipe) is not None or lake.read_json(run.keys.variants) is not None:
        raise SettingsError(f"{run.run_id} is a training, and its files are kept. Give the refresh a name of its own.")


def record_run(lake: Lake, run: RefreshRun) -> None:
    """Record the run's input."""
    lake.write_json(run.keys.run, run.model_dump(mode="json"))


def recorded_run(lake: Lake, run_id: str) -> RefreshRun:
    """Read the run's input. Raises `StorageError` where its first step has not finished yet."""
    recorded = lake.read_record(RunKeys(run_id).run, RefreshRun.model_validate)
    if recorded is None:
        raise StorageError(
            f"{lake.uri}/{RunKeys(run_id).folder} holds no run.json: list_new_articles has not finished for this run. "
            "Clear that task and run again."
        )
    return recorded
