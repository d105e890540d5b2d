"""Drawing tokens, each row of a batch by a seed of its own, and ending each row at its own number of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ownvoice.answering.request import seed_of
from ownvoice.training.trainer.answering.engine import Ask


class RowDraws:
    """A logits processor after which the likeliest token of a row is a draw by that row's sampling and seed.

    The Gumbel-max trick: the argmax of `log p / T + g`, with g of a standard Gumbel distribution, is a draw from the
    softmax of `log p / T` (Gumbel 1954; Maddison, Tarlow and Minka 2014). So rows with and without sampling share a
    batch, and no row's draws depend on another's. At temperature 0 a row is left as it is.
    """

    def __init__(self, asks: Sequence[Ask], device: Any) -> None:
        import torch

        self._rows = {
            row: (ask.body, torch.Generator(device).manual_seed(seed_of(ask.key)))
            for row, ask in enumerate(asks)
            if ask.body["temperature"]
        }

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Return the scores (rows, vocabulary) of the next tokens, those of the rows that draw with noise."""
        import torch

        for row, (body, generator) in self._rows.items():
            likely = _nucleus(scores[row].float() / body["temperature"], body["top_p"])
            noise = torch.empty_like(likely).exponential_(generator=generator)
            scores[row] = (likely - noise.log()).to(scores.dtype)
        return scores


def _nucleus(scores: Any, top_p: float) -> Any:
    """Rule out all but the likeliest tokens that together reach `top_p` (Holtzman et al. 2020); the first one stays."""
    if top_p >= 1:
        return scores
    ordered, order = scores.sort(descending=True)
    shares = ordered.softmax(-1)
    beyond = shares.cumsum(-1) - shares >= top_p
    return scores.index_fill(0, order[beyond], float("-inf"))


class RowLimits:
    """A stopping criterion that ends each row after its own number of new tokens."""

    def __init__(self, asks: Sequence[Ask], prompt_tokens: int, device: Any) -> None:
        import torch

        limits = [prompt_tokens + ask.max_new_tokens for ask in asks]
        self._limits = torch.tensor(limits, device=device)

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Return for each row whether it ends here."""
        return self._limits <= input_ids.shape[1]
