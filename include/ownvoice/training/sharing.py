"""Sharing the pairs of an optimizer step between the GPUs of one machine. Pure.

The pairs of a step are those that one GPU would see, so that the number of GPUs is no part of a recipe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """What each GPU does in an optimizer step: forward passes, and the pairs in one of them."""

    pairs: int
    accumulation_steps: int


def share_of(batch_pairs: int, accumulation_steps: int, gpu_count: int) -> Share | None:
    """Return the share of each GPU, with at most `batch_pairs` in a pass; None where there are no equal shares."""
    of_each, rest = divmod(batch_pairs * accumulation_steps, gpu_count)
    if rest or not of_each:
        return None
    pairs = max(pairs for pairs in range(1, min(batch_pairs, of_each) + 1) if of_each % pairs == 0)
    return Share(pairs, of_each // pairs)


def pairs_in_step(step: int, train_pairs: int, step_pairs: int) -> int:
    """Return how many pairs the optimizer step `step` (from 0) has; the last one of an epoch may have fewer."""
    steps_an_epoch = -(-train_pairs // step_pairs)
    return min(step_pairs, train_pairs - step % steps_an_epoch * step_pairs)


def batches_of(rank: int, ranks: int, pairs: Sequence[int], batch_pairs: int) -> list[list[int]]:
    """Return those of the `pairs` of one step that process `rank` sees, by forward pass.

    All processes have equally many passes, since they wait for each other; where pairs are left over, the last pass
    of some is smaller or empty.
    """
    of_the_largest = -(-len(pairs) // ranks)
    own = pairs[rank::ranks]
    return [list(own[start : start + batch_pairs]) for start in range(0, of_the_largest, batch_pairs)]
