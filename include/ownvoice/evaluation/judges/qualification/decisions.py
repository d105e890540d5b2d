"""What one judge decided on each control: from the rows of its answers, in one form for every judge prompt. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ownvoice.evaluation.judges.item import Item, Order, Winner
from ownvoice.evaluation.judges.qualification.controls import Control
from ownvoice.evaluation.judges.verdict import Verdict, winner_of
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


def decisions(controls: Iterable[Control], rows: Iterable[JudgementRow], is_pairwise: bool) -> dict[str, Decision]:
    """Return what a judge decided, by item id; a control with an order or a grade missing is not among them."""
    asked: dict[str, list[JudgementRow]] = defaultdict(list)
    for row in rows:
        if row["repeat"] == 1:
            asked[row["item_id"]].append(row)
    decide = _by_orders if is_pairwise else _by_grades
    found = ((control.item.item_id, decide(control.item, asked)) for control in controls)
    return {name: decision for name, decision in found if decision is not None}


def _by_orders(item: Item, asked: Mapping[str, Sequence[JudgementRow]]) -> Decision | None:
    said = {row["order"]: Verdict(row["verdict"]) for row in asked.get(item.item_id, ()) if row["verdict"]}
    forward, reversed_ = (said.get(order, Verdict.INVALID) for order in Order)
    winner, other = winner_of(forward, Order.FORWARD), winner_of(reversed_, Order.REVERSED)
    if winner is None or other is None:
        return None
    place = forward if forward is reversed_ and forward is not Verdict.TIE else None
    return Decision(winner if winner == other else "tie", winner == other, place)


def _by_grades(item: Item, asked: Mapping[str, Sequence[JudgementRow]]) -> Decision | None:
    grades = [row["rating"] for side in _SIDES for row in asked.get(_name_alone(item, side), ())]
    left, right = grades if len(grades) == len(_SIDES) else (None, None)
    if left is None or right is None:
        return None
    return Decision("left" if left > right else "right" if right > left else "tie", is_consistent=True)
