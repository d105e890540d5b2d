"""TRL's log-probabilities on a CPU: TRL 1.15 computes them in a Triton kernel, which only a GPU can run.

The same numbers in plain PyTorch, with the whole row of logits in memory. It takes the kernel's place on a CPU alone;
TRL 1.16 brings a way of its own, but Unsloth does not allow that release yet.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def use_plain_log_probs() -> None:
    """Put the plain computation in the place of TRL's kernel, in this process."""
    import trl.trainer.utils

    trl.trainer.utils._ChunkedLogProbFunction = SimpleNamespace(apply=log_probs)


def log_probs(
    hidden: Any,
    weight: Any,
    bias: Any,
    targets: Any,
    temperature: float,
    chunk_size: int,
    softcap: float | None = None,
    logit_scale: float = 1.0,
    outputs: tuple[str, ...] = (),
) -> tuple[Any, ...]:
    """Return log-probability, entropy, log of the summed squares, mean logit and hit of each target token.

    `hidden` is tokens x width and `weight` vocabulary x width. What `outputs` does not name is None; only the first
    carries gradients, since the others are for the log.
    """
    import torch

    logits = torch.nn.functional.linear(hidden, weight, bias).float() * logit_scale
    if softcap is not None:
        logits = softcap * torch.tanh(logits / softcap)
    log_p = (logits / temperature).log_softmax(-1)
    with torch.no_grad():
        extra = {
            "entropy": -(log_p.exp() * log_p).sum(-1),
            "log_sum_sq_probs": (2 * log_p).logsumexp(-1),
            "mean_logits": logits.mean(-1) / temperature,
            "is_top1": logits.argmax(-1) == targets,
        }
    return (log_p.gather(-1, targets[:, None])[:, 0], *(extra[name] if name in outputs else None for name in extra))
