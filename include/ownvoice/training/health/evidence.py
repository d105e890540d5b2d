"""The input of the health rules: the curves of a training run and the numbers of its merge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from pydantic import BaseModel, ConfigDict, FiniteFloat

from ownvoice.training.metric_rows import MetricRow
from ownvoice.training.mixture.used import MixtureUsed
from ownvoice.training.recipe import TrainingRecipe


class Merge(BaseModel):
    """The merge of the adapter into 16-bit weights, and its check. Divergences are in nats a token.

    `kept_least` is the smallest share of a module's change that rounding kept, `kept_median` that of all modules.
    """

    model_config = ConfigDict(frozen=True)

    dtype: str
    kl_merged_nats: FiniteFloat
    kl_base_nats: FiniteFloat
    max_logit_difference: FiniteFloat | None = None
    top1_agreement: FiniteFloat | None = None
    kept_least: FiniteFloat
    kept_least_module: str
    kept_median: FiniteFloat


class AnswerLengths(BaseModel):
    """The median length of the answers that were trained on, in tokens with their EOS."""

    model_config = ConfigDict(frozen=True)

    chosen: FiniteFloat
    rejected: FiniteFloat


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rows of training steps and of evaluations, each in order of steps; the merge is None until it is done.

    With smoothed labels a loss moves faster with the margin, by 1 / (1 - 2 `label_smoothing`), and has no least value.
    `lengths` are those of the train split, None where they were not counted. `answers` are those to the fixed
    questions, each of the base and of the trained model. Without a `mixture` all rows are the author's own.
    """

    train: Sequence[MetricRow]
    evals: Sequence[MetricRow]
    merge: Merge | None = None
    lengths: AnswerLengths | None = None
    answers: Sequence[tuple[str, str]] = ()
    label_smoothing: float = 0.0
    mixture: MixtureUsed | None = None

    @property
    def loss_scale(self) -> float:
        """How many times as fast the loss moves with the margin as the chapter's does, around a margin of 0."""
        return 1 / (1 - 2 * self.label_smoothing)

    def of_the_preference(self, recipe: TrainingRecipe) -> Evidence:
        """Return the evidence with the losses of the preference alone, without what a recipe adds to them."""
        if not (recipe.rpo_alpha or recipe.learns_from_single_answers):
            return replace(self, label_smoothing=recipe.label_smoothing)
        return replace(
            self,
            train=[row | {"loss": recipe.preference_loss(row)} for row in self.train],
            evals=[row | {"eval_loss": recipe.preference_loss(row, "eval_")} for row in self.evals],
            label_smoothing=recipe.label_smoothing,
        )

    def values(self, name: str) -> list[float]:
        """Return one metric over all training steps."""
        return [float(row[name]) for row in self.train]

    def step(self, index: int = -1) -> int:
        """Return the optimizer step of a training row; the last one's unless another is named."""
        return int(self.train[index]["step"])

    def warm_up_steps(self) -> int:
        """Return the number of rows before the highest learning rate; 0 where none was logged."""
        rates = [float(row.get("learning_rate", 0)) for row in self.train]
        return rates.index(max(rates))

    def end(self, name: str) -> float:
        """Return the mean of one metric over the last quarter of the training."""
        return fmean(last_quarter(self.values(name)))


def last_quarter(values: Sequence[float]) -> Sequence[float]:
    """Return the last quarter of some values, at least one."""
    return values[-max(1, len(values) // 4) :]


def first_stretch(values: Sequence[float], holds: Callable[[float], bool], length: int = 3) -> int | None:
    """Return the index at which `holds` is first true for `length` values in a row."""
    for start in range(len(values) - length + 1):
        if all(holds(value) for value in values[start : start + length]):
            return start
    return None
