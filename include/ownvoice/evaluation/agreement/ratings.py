"""What one rater said of one item, and the same as a table to compute with. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Rating(NamedTuple):
    """`value` is what the rater said: the side that won, "tie", or a grade. Values are names, not numbers."""

    rater: str
    item_id: str
    value: str


def by_item(ratings: Iterable[Rating]) -> dict[str, dict[str, str]]:
    """Return the value of each rater by item; of several by one rater of one item the last counts."""
    items: dict[str, dict[str, str]] = {}
    for one in ratings:
        items.setdefault(one.item_id, {})[one.rater] = one.value
    return items
