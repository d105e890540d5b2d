"""A training run: the whole input of the trainer, one JSON object in the lake."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ownvoice.config.input_file import read_input
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.mixture.used import MixtureUsed
from ownvoice.training.recipe import TrainingRecipe


class TrainingRun(BaseModel):
    """The content of `runs/<run>/recipe.json`, written once, so that a retry reads the same input."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str = Field(min_length=1)
    lake: str = Field(description="The lake with the dataset version; all that the run makes is kept there.")
    dataset_version: int = Field(ge=0, description="Version of the preference dataset; a number, never 'the newest'.")
    recipe: TrainingRecipe
    gpu_count: int = Field(1, ge=1, le=8, description="GPUs that share the training; the model is the same.")
    gpu_usd_per_hour: float | None = Field(None, ge=0, description="Price of the machine, for the estimated cost.")
    mixture: MixtureUsed | None = Field(None, description="What was drawn for a recipe with a mixture.")

    @field_validator("lake")
    @classmethod
    def _is_a_store(cls, value: str) -> str:
        if not value.startswith(("s3://", "file:///")):
            raise ValueError("write s3://bucket/prefix or file:///absolute/folder")
        return value

    @property
    def keys(self) -> RunKeys:
        """The keys of the run's files in the lake."""
        return RunKeys(self.run_id)


def write_training_run(lake: Lake, run: TrainingRun) -> str:
    """Write the run's `recipe.json`; return the URI that the trainer is started with."""
    lake.write_json(run.keys.recipe, run.model_dump(mode="json"))
    return f"{lake.uri}/{run.keys.recipe}"


def read_training_run(uri: str, access: AwsAccess | None = None) -> TrainingRun:
    """Read a `recipe.json`; the run's lake is the one that holds it, wherever it was when the run was planned.

    Without an `access` it signs in as the environment says. Raises `SettingsError` if there is none, or naming every
    problem in it.
    """
    missing = "Write the run's recipe.json first, then start the trainer."
    run = read_input(uri, TrainingRun, missing, "Write it again.", access)
    lake = uri.removesuffix(f"/{run.keys.recipe}")
    return run if lake == uri else run.model_copy(update={"lake": lake})
