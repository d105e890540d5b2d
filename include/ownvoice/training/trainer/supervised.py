"""TRL's DPOTrainer with a supervised term beside the preference loss: RPO, as Pang et al. 2024 write it.

TRL's own term (`sft`) is a mean over the tokens of a batch, which depends on how a step is cut into batches. This one
is a mean over pairs of the nats a token of the chosen answer, formula (1) of the paper: the same on any number of GPUs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from trl import DPOTrainer  # noqa: TID253  # imported where a training has this term, or several GPUs

from ownvoice.training.recipe import SUPERVISED_LOSS


class SupervisedTrainer(DPOTrainer):  # type: ignore[misc]  # TRL has no types
    """The trainer that adds `rpo_alpha` times the supervised loss and logs the latter; with 0 it is TRL's own."""

    def __init__(self, rpo_alpha: float, **named: Any) -> None:
        self._rpo_alpha = rpo_alpha
        super().__init__(**named)

    def compute_loss(self, model: Any, inputs: dict[str, Any], *rest: Any, **named: Any) -> Any:
        """Return the loss of a batch with its supervised term."""
        if not self._rpo_alpha:
            return super().compute_loss(model, inputs, *rest, **named)
        with _outputs_of(model) as outputs:
            loss = super().compute_loss(model, inputs, *rest, **named)
        supervised = nats_a_token(outputs[0].log_probs, inputs["completion_mask"])
        mode = "train" if self.model.training else "eval"
        self._metrics[mode][SUPERVISED_LOSS].append(float(supervised.detach()))
        return loss + self._rpo_alpha * supervised


@contextmanager
def _outputs_of(model: Any) -> Iterator[list[Any]]:
    """Collect what the model returns while the block runs: first as it is, then without its adapter as reference."""
    outputs: list[Any] = []
    hook = model.register_forward_hook(lambda module, inputs, output: outputs.append(output))
    try:
        yield outputs
    finally:
        hook.remove()


def nats_a_token(log_probs: Any, completion_mask: Any) -> Any:
    """Return the mean over pairs of the chosen answer's nats a token.

    Both are of twice as many rows as pairs, the chosen half first, and `log_probs` one token shorter: a row's first
    token has no probability.
    """
    answer = completion_mask[:, 1:].chunk(2)[0]
    chosen = log_probs[:, -answer.shape[1] :].chunk(2)[0]
    return -((chosen * answer).sum(1) / answer.sum(1)).mean()
