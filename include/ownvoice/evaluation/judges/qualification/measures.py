"""The measures of a judge, from what it decided on the controls (decision 0050). Pure.

A measure is taken where nine in ten of the wanted controls have a verdict; else it is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from statistics import fmean, stdev

from ownvoice.evaluation.agreement.estimate import Estimate, Z, wilson
from ownvoice.evaluation.agreement.position import flip_rate, position_bias
from ownvoice.evaluation.judges.item import SCORES
from ownvoice.evaluation.judges.qualification.controls import WANTED, Control, Kind
from ownvoice.evaluation.judges.qualification.decisions import Decision, decisions
from ownvoice.evaluation.judges.qualification.length import length_slope
from ownvoice.evaluation.judges.qualification.record import Measures
from ownvoice.evaluation.judges.verdict import Verdict
from ownvoice.storage.rows import JudgementRow

ENOUGH = 0.9
"""The share of the wanted controls of a kind that need a verdict."""

_FEWEST_ANSWERS = 100
_Estimates = dict[str, Estimate | None]


@dataclass(frozen=True)
class Judged:
    """What one judge answered to the controls, repeats among them."""

    family: str
    is_pairwise: bool
    controls: Sequence[Control]
    rows: Sequence[JudgementRow]

    @cached_property
    def decided(self) -> Mapping[str, Decision]:
        """What it decided, by item id."""
        return decisions(self.controls, self.rows, self.is_pairwise)

    def made(self, kind: Kind) -> list[Control]:
        """Return its controls of a kind; of families, those with its own on one side."""
        made = [one for one in self.controls if one.kind == kind]
        return [one for one in made if self.own_side(one)] if kind == "family" else made

    def own_side(self, control: Control) -> str | None:
        """Return the side that a model of its family wrote; None where neither is, or both are."""
        sides = control.item.left, control.item.right
        own = [name for name, side in zip(("left", "right"), sides, strict=True) if side and side.family == self.family]
        return own[0] if len(own) == 1 else None

    def found(self, kind: Kind) -> list[tuple[Control, Decision]]:
        """Return its controls of a kind that have a verdict."""
        named = ((control, self.decided.get(control.item.item_id)) for control in self.made(kind))
        return [(control, decision) for control, decision in named if decision]

    def has_enough(self, kind: Kind) -> bool:
        """Whether so many controls of a kind have a verdict that a measure is taken."""
        return len(self.found(kind)) >= ENOUGH * WANTED[kind]


def measures_of(judged: Judged, others: Iterable[Judged] = ()) -> Measures:
    """Return what was measured of a judge; `others` were asked about the same family controls."""
    taken: _Estimates = {"invalid": _invalid(judged.rows), "repeats": _repeats(judged.rows)}
    if judged.has_enough("pair"):
        taken |= _of_pairs(judged)
    if judged.has_enough("gold"):
        gold = _winners(judged, "gold")
        taken["gold"] = wilson(gold["left"], gold.total())
    if judged.has_enough("injected"):
        taken["injected"] = _moved(judged)
    if judged.has_enough("padded"):
        taken |= _of_padded(judged)
    if judged.has_enough("family"):
        taken |= _of_family(judged, [one for one in others if one.family != judged.family])
    return Measures.model_validate(taken)


def _winners(judged: Judged, kind: Kind) -> Counter[str]:
    return Counter(decision.winner for _, decision in judged.found(kind))


def _of_pairs(judged: Judged) -> _Estimates:
    found = judged.found("pair")
    slope = length_slope(
        [SCORES[decision.winner] for _, decision in found], [_longer_by(control) for control, _ in found]
    )
    if not judged.is_pairwise:
        return {"length_slope": slope}
    places = Counter(decision.place for _, decision in found)
    consistent = sum(decision.is_consistent for _, decision in found)
    return {
        "position": position_bias(places[Verdict.FIRST], places[Verdict.SECOND], len(found)),
        "flips": flip_rate(consistent, len(found)),
        "length_slope": slope,
    }


def _longer_by(control: Control) -> int:
    right = control.item.right
    return len(control.item.left.text) - len(right.text if right else "")


def _moved(judged: Judged) -> Estimate | None:
    """Return the net share of controls lost through the instruction, with the interval of paired shares."""
    without = {control.item.pair_id: decision.winner == "left" for control, decision in judged.found("gold")}
    paired = [
        (without[control.item.pair_id], decision.winner == "left")
        for control, decision in judged.found("injected")
        if control.item.pair_id in without
    ]
    return position_bias(paired.count((True, False)), paired.count((False, True)), len(paired))


def _of_padded(judged: Judged) -> _Estimates:
    won = _winners(judged, "padded")
    return {
        "padded_won": wilson(won["left"], won["left"] + won["right"]),
        "padded_net": position_bias(won["left"], won["right"], won.total()),
    }


def _of_family(judged: Judged, others: Sequence[Judged]) -> _Estimates:
    won = Counter(decision.winner == judged.own_side(control) for control, decision in _decided_family(judged))
    return {"own_won": wilson(won[True], won.total()), "family_net": _against(judged, others)}


def _decided_family(judged: Judged) -> list[tuple[Control, Decision]]:
    return [(control, decision) for control, decision in judged.found("family") if decision.winner != "tie"]


def _against(judged: Judged, others: Sequence[Judged]) -> Estimate | None:
    """Return its own family's win rate less that by the others on the same items, a tie counting half."""
    differences = []
    for control, decision in judged.found("family"):
        side, name = judged.own_side(control), control.item.item_id
        theirs = [_score(one.decided[name], side) for one in others if name in one.decided]
        if theirs:
            differences.append(_score(decision, side) - fmean(theirs))
    if len(differences) < ENOUGH * WANTED["family"]:
        return None
    value = fmean(differences)
    half = Z * stdev(differences) / sqrt(len(differences))
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), len(differences))


def _score(decision: Decision, side: str | None) -> float:
    score = SCORES[decision.winner]
    return score if side == "left" else 1 - score


def _invalid(rows: Sequence[JudgementRow]) -> Estimate | None:
    """Return the share of answers without a verdict; None where so few came that one of them decides."""
    return wilson(sum(_said(row) is None for row in rows), len(rows)) if len(rows) >= _FEWEST_ANSWERS else None


def _said(row: JudgementRow) -> str | None:
    """Return what an answer says, as it was shown: a verdict or a grade; None where it says neither."""
    if row["right_source"] is None:
        return None if row["rating"] is None else str(row["rating"])
    return None if row["verdict"] == Verdict.INVALID else row["verdict"]


def _repeats(rows: Iterable[JudgementRow]) -> Estimate | None:
    """Return how often the same was said when the same was asked a second time; None where nothing was."""
    said = {(row["item_id"], row["order"], row["repeat"]): _said(row) for row in rows}
    both = [(said.get((item, order, 1)), again) for (item, order, repeat), again in said.items() if repeat == 2]
    known = [(once, again) for once, again in both if once is not None and again is not None]
    return wilson(sum(once == again for once, again in known), len(known))
