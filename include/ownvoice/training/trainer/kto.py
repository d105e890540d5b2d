"""TRL's KTOTrainer: it learns from single answers, each wanted or not (KTO; Ethayarajh et al. 2024).

Its reference point is an estimate over the answers of one forward pass, each put after the prompt of the next, so that
the order of the rows is fixed before the training: `format_pairs` shuffles them, and every epoch has that order.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from trl import KTOTrainer  # noqa: TID253  # imported for recipes with this loss alone

from ownvoice.errors import BadDataError
from ownvoice.training.metrics import GAP
from ownvoice.training.recipe import ANSWER_WEIGHT
from ownvoice.training.trainer.formatted import Formatted

_MEANS = ("rewards/chosen", "rewards/rejected")


class Weights(NamedTuple):
    """The weights of wanted and of unwanted answers in the loss."""

    wanted: float
    unwanted: float


def weights_of(rows: Formatted) -> Weights:
    """Return weights by which both kinds count the same, and the mean answer 1.

    That is the lower end of the range in formula (8) of the paper, and the loss begins at a half. Raises
    `BadDataError` where all answers are of one kind: nothing would tell what to turn to, or from what.
    """
    wanted = sum(row["label"] for row in rows.rows)
    unwanted = len(rows.rows) - wanted
    if not wanted or not unwanted:
        raise BadDataError(
            f"all {len(rows.rows)} train answers are {'wanted' if wanted else 'unwanted'}, and kto learns from both "
            "kinds. Give own pairs a share in the mixture, or add a set with the other kind."
        )
    return Weights(len(rows.rows) / (2 * wanted), len(rows.rows) / (2 * unwanted))


class AnswerTrainer(KTOTrainer):  # type: ignore[misc]  # TRL has no types
    """The trainer with weights that hold for training alone, and with means over answers in its log.

    TRL averages what it measures over forward passes, also those with one wanted answer among many, and calls the
    difference of two such means a margin; here they are means over answers, and their difference is the gap.
    """

    def __init__(self, weights: Weights, **named: Any) -> None:
        self._weights = weights
        self._sums: dict[str, dict[str, list[float]]] = {"train": defaultdict(list), "eval": defaultdict(list)}
        super().__init__(**named)

    def compute_loss(self, model: Any, inputs: dict[str, Any], *rest: Any, **named: Any) -> Any:
        """Return the loss of a batch; note the mean weight of its answers, and the rewards with their numbers."""
        is_training = self.model.training
        weights = self._weights if is_training else Weights(1.0, 1.0)
        self.desirable_weight, self.undesirable_weight = weights
        loss = super().compute_loss(model, inputs, *rest, **named)
        mode = "train" if is_training else "eval"
        wanted, answers = int(inputs["label"].sum()), len(inputs["label"])
        mean = (wanted * weights.wanted + (answers - wanted) * weights.unwanted) / answers
        self._metrics[mode][ANSWER_WEIGHT].append(mean)
        for name, count in zip(_MEANS, (wanted, answers - wanted), strict=True):
            if count:
                self._sums[mode][name] += [self._metrics[mode][name][-1]] * count
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log means over answers, and the gap between the two kinds where there were answers of both."""
        mode = "train" if self.model.training else "eval"
        metrics, sums = self._metrics[mode], self._sums[mode]
        metrics.pop("rewards/margins", None)
        metrics |= {name: [sum(values) / len(values)] for name, values in sums.items()}
        if len(sums) == len(_MEANS):
            metrics[GAP] = [metrics[_MEANS[0]][0] - metrics[_MEANS[1]][0]]
        sums.clear()
        super().log(logs, start_time)

    def forget(self) -> None:
        """Forget what was measured since the last log, as after a trial."""
        self._metrics["train"].clear()
        self._sums["train"].clear()
