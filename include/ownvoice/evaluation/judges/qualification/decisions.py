"""What one judge decided on each control: from the rows of its answers, in one form for every judge prompt. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ownvoice.evaluation.judges.item import Item, Winner
from ownvoice.evaluation.judges.qualification.controls import Control
from ownvoice.evaluation.judges.verdict import Verdict
from ownvoice.evaluation.judges.verdicts import item_verdicts
from ownvoice.storage.rows import JudgementRow

_SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Decision:
    """The winner of a control: that of both orders, else a tie. `place` is the one that won in both, where one did."""

    winner: Winner
    is_consistent: bool
    place: Verdict | None = None


def items_of(controls: Iterable[Control], is_pairwise: bool) -> list[Item]:
    """Return what a judge is asked: the controls, or each of their sides alone for a judge that gives grades."""
    if is_pairwise:
        return [control.item for control in controls]
    return [_alone(control.item, side) for control in controls for side in _SIDES]


def _alone(item: Item, side: str) -> Item:
    left = item.left if side == "left" else item.right
    assert left is not None, "a control has two sides"
    return replace(item, item_id=_name_alone(item, side), left=left, right=None)


def _name_alone(item: Item, side: str) -> str:
    return f"{item.item_id}-{side}"


def decisions(controls: Sequence[Control], rows: Iterable[JudgementRow], is_pairwise: bool) -> dict[str, Decision]:
    """Return what a judge decided, by item id; a control with an order or a grade missing is not among them."""
    first = [row for row in rows if row["repeat"] == 1]
    decided = _by_orders(first) if is_pairwise else _by_grades(controls, first)
    return {name: decided[name] for control in controls if (name := control.item.item_id) in decided}


def _by_orders(rows: Iterable[JudgementRow]) -> dict[str, Decision]:
    return {
        one.item_id: Decision(one.winner, not one.flipped, one.place)
        for one in item_verdicts(rows)
        if one.winner is not None
    }


def _by_grades(controls: Iterable[Control], rows: Iterable[JudgementRow]) -> dict[str, Decision]:
    grades = {row["item_id"]: row["rating"] for row in rows}
    found: dict[str, Decision] = {}
    for item in (control.item for control in controls):
        left, right = (grades.get(_name_alone(item, side)) for side in _SIDES)
        if left is not None and right is not None:
            winner: Winner = "left" if left > right else "right" if right > left else "tie"
            found[item.item_id] = Decision(winner, is_consistent=True)
    return found
