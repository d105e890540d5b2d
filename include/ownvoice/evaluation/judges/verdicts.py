"""From single judgements to verdicts: both orders make a judge's, and several judges' make a jury's. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from ownvoice.evaluation.judges.item import Order, Winner
from ownvoice.evaluation.judges.verdict import Verdict
from ownvoice.storage.rows import JudgementRow

_JURY = 2  # judges, and families among them


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """What one judge says of one item after both orders.

    `winner` is None where an order is missing or could not be read. `flipped`: the orders disagree, which makes a tie;
    None where `winner` is. `place` is the one, first or second, that won in both orders, if one did.
    """

    item_id: str
    judge: str
    judge_id: str
    family: str
    question: str
    repeat: int
    winner: Winner | None
    flipped: bool | None
    place: Verdict | None = None


def item_verdicts(rows: Iterable[JudgementRow]) -> list[ItemVerdict]:
    """Return a verdict for each judge, item and repeat among pairwise judgements, in the order of their first rows."""
    by_verdict: dict[tuple[str, str, int], dict[str, JudgementRow]] = {}
    for row in rows:
        if row["right_source"] is not None:
            orders = by_verdict.setdefault((row["judge_id"], row["item_id"], row["repeat"]), {})
            orders[row["order"]] = row
    return [_verdict(orders) for orders in by_verdict.values()]


def _verdict(orders: dict[str, JudgementRow]) -> ItemVerdict:
    row = next(iter(orders.values()))
    winners = [orders[order]["winner"] if order in orders else None for order in Order]
    known, agreed = None not in winners, len(set(winners)) == 1
    return ItemVerdict(
        row["item_id"],
        row["judge"],
        row["judge_id"],
        row["family"],
        row["question"],
        row["repeat"],
        (cast(Winner, winners[0]) if agreed else "tie") if known else None,
        not agreed if known else None,
        _place(orders.values()) if known else None,
    )


def _place(rows: Iterable[JudgementRow]) -> Verdict | None:
    places = {row["verdict"] for row in rows}
    return next((place for place in (Verdict.FIRST, Verdict.SECOND) if places == {place}), None)


def jury_verdict(verdicts: Iterable[ItemVerdict]) -> Winner | None:
    """Return what a jury says of one item and one question: the majority of its decisive verdicts.

    Only judges with a verdict sit in it, and it needs two of two families, else there is no verdict (None). A tie of
    all is a tie. The decisive verdicts have to come from two judges of two families as well; where they are even there
    is no verdict. Two judges of one family can outvote one of another: it was heard, and votes are counted by judge.
    """
    heard = {verdict.judge_id: verdict for verdict in verdicts if verdict.winner is not None}
    decisive = {judge: verdict for judge, verdict in heard.items() if verdict.winner != "tie"}
    if heard and not decisive and _is_a_jury(heard.values()):
        return "tie"
    if not _is_a_jury(decisive.values()):
        return None
    votes = Counter(verdict.winner for verdict in decisive.values())
    return None if votes["left"] == votes["right"] else votes.most_common(1)[0][0]


def _is_a_jury(verdicts: Iterable[ItemVerdict]) -> bool:
    families = [verdict.family for verdict in verdicts]
    return len(families) >= _JURY and len(set(families)) >= _JURY
