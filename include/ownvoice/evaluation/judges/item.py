"""What a judge is shown: an instruction and two answers to it, or one answer that is rated alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Winner = Literal["left", "right", "tie"]
"""The side of an item that wins, whichever of the two was shown first."""

SCORES: Mapping[Winner, float] = {"left": 1.0, "tie": 0.5, "right": 0.0}
"""What the left side has of a verdict; a tie is half of it."""


class Order(StrEnum):
    """Which side is shown first."""

    FORWARD = "forward"  # the left one
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Side:
    """One answer. `source` says where it comes from: "chosen", "rejected", "base", "trained", "padded" and the like.

    `family` is that of the model that wrote it, as judges have one; empty where a person did or nobody knows.
    """

    source: str
    text: str
    family: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be judged; `left` stands alone where it is rated.

    `item_id` is unique among all items ever judged in a lake: make it with `item_id_of`. `ground_truth` is the author's
    own text on the prompt, `passages` are texts of the author that a judge of voice compares with.
    """

    item_id: str
    prompt: str
    left: Side
    right: Side | None = None
    dataset_version: int | None = None
    pair_id: str = ""
    prompt_id: str = ""
    article_id: str = ""
    ground_truth: str = ""
    passages: tuple[str, ...] = ()

    def shown(self, order: Order) -> tuple[str, str]:
        """Return the text that is shown first and the one that is shown second; that of a missing side is empty."""
        left, right = self.left.text, self.right.text if self.right else ""
        return (left, right) if order is Order.FORWARD else (right, left)


def item_id_of(purpose: str, *parts: str) -> str:
    """Return the id (32 hex digits) of an item that is made for `purpose` out of `parts`, its texts among them."""
    return hashlib.sha256(json.dumps([purpose, *parts]).encode()).hexdigest()[:32]
