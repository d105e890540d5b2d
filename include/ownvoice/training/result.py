"""The models of `result.json`, which the trainer writes and everything else reads.

A part is None until the trainer has reached it. Durations are in seconds, losses in nats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, PlainSerializer

from ownvoice.errors import Exit
from ownvoice.training.health.evidence import AnswerLengths, Merge
from ownvoice.training.health.findings import Health
from ownvoice.training.metric_rows import MetricRow, as_json
from ownvoice.training.mixture.used import MixtureUsed
from ownvoice.training.recipe import TrainingRecipe

T = TypeVar("T")

NOT_ENDED: Literal["not ended"] = "not ended"

_NUMBERS_ABOVE_ANY_COUNT = 1 << 63

Count = Annotated[int, Field(ge=0, lt=_NUMBERS_ABOVE_ANY_COUNT)]
ExitByName = Annotated[
    Exit, BeforeValidator(lambda name: Exit.__members__.get(name, name)), PlainSerializer(lambda end: end.name)
]
StoredRow = Annotated[MetricRow, PlainSerializer(as_json)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class DatasetUsed(_Part):
    """The dataset version that was trained on, and the digest over its rows."""

    version: Count
    digest: str


class BaseUsed(_Part):
    """The base model. `commit` is the Hub's, or `sha256:` and a hash over a lake folder's files."""

    name: str
    commit: str


class BySplit(_Part, Generic[T]):
    """The same value for the train split and for the test split."""

    train: T
    test: T


class Batch(_Part):
    """How many pairs one forward pass holds, and how many passes an optimizer step has on each of so many GPUs."""

    pairs: Count
    accumulation_steps: Count
    gpu_count: Count = 1


class Speed(_Part):
    """The speed of the training steps. `tokens_per_s` counts no padding; `mfu` is None where no peak is known."""

    tokens_per_s: FiniteFloat
    padding_share: FiniteFloat
    mfu: FiniteFloat | None
    first_step_s: FiniteFloat | None = None
    median_step_s: FiniteFloat | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A fixed question, answered by the base and by the trained model; `samples.json` holds a list of these."""

    question: str
    base: str
    trained: str


class TrainingResult(BaseModel):
    """The end of a training run and its measurements, as far as it got.

    `rows` are those of the dataset and of a mixture, `rows_left_out` those of them that could not be trained on, by
    reason. `first_loss` and `final` are of the first and last training step, `test` of the last evaluation. `seconds`
    are those of each stage, `total_seconds` of all.
    """

    run_id: str = ""
    recipe_id: str | None = None
    recipe: TrainingRecipe | None = None
    device: str | None = None
    image: str | None = None
    versions: dict[str, str] = {}
    dataset: DatasetUsed | None = None
    mixture: MixtureUsed | None = None
    base: BaseUsed | None = None
    rows: BySplit[Count] | None = None
    rows_left_out: BySplit[dict[str, Count]] | None = None
    left_out_pair_ids: BySplit[list[str]] | None = None
    answer_lengths: AnswerLengths | None = None
    batch: Batch | None = None
    steps: Count | None = None
    resumed_from_step: Count | None = None
    first_loss: float | None = None
    final: StoredRow | None = None
    test: StoredRow | None = None
    health: Health | None = None
    peak_memory_bytes: Count | None = None
    speed: Speed | None = None
    merge: Merge | None = None
    seconds: dict[str, FiniteFloat] = {}
    exit: ExitByName | Literal["not ended"] = NOT_ENDED
    message: str | None = None
    total_seconds: FiniteFloat | None = None
    estimated_usd: FiniteFloat | None = None

    @property
    def is_trained(self) -> bool:
        """Whether the run left a merged, checked model in the lake."""
        return self.exit is Exit.TRAINED

    @property
    def ended(self) -> str:
        """The name of the exit in lower case, or `not ended`."""
        return self.exit.name.lower() if isinstance(self.exit, Exit) else self.exit

    def trained(self) -> TrainedResult:
        """Return the result of a run that left a model. Raises pydantic's `ValidationError` where a part is missing."""
        return TrainedResult.model_validate(self.stored())

    def stored(self) -> dict[str, Any]:
        """Return the result as its file holds it: the parts that were reached, and no others."""
        return self.model_dump(mode="json", include=self.model_fields_set)


class TrainedResult(TrainingResult):
    """The result of a run that left a model: all parts that its card is made from are there."""

    recipe_id: str
    recipe: TrainingRecipe
    device: str
    image: str
    dataset: DatasetUsed
    base: BaseUsed
    rows: BySplit[Count]
    rows_left_out: BySplit[dict[str, Count]]
    left_out_pair_ids: BySplit[list[str]]
    steps: Count
    first_loss: float
    final: StoredRow
    test: StoredRow
    health: Health
    merge: Merge
