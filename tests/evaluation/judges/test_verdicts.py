"""Both orders make a judge's verdict, and two families a jury's."""

from __future__ import annotations

import itertools

import pytest

from ownvoice.evaluation.judges.verdicts import ItemVerdict, item_verdicts, jury_verdict
from ownvoice.storage.rows import JudgementRow

WINNERS = ("left", "right", "tie", None)


def judgement(**fields: object) -> JudgementRow:
    row = dict.fromkeys(JudgementRow.__annotations__) | {
        "item_id": "1",
        "judge": "first",
        "judge_id": "f",
        "family": "gpt",
        "question": "quality",
        "repeat": 1,
        "right_source": "rejected",
    }
    return JudgementRow(**row | fields)  # type: ignore[typeddict-item]


def vote(winner: str | None, family: str, judge: str = "") -> ItemVerdict:
    name = judge or family
    return ItemVerdict("1", name, name, family, "quality", 1, winner, False)  # type: ignore[arg-type]


@pytest.mark.parametrize(("forward", "reversed_"), itertools.product(WINNERS, WINNERS))
def test_a_judge_has_a_verdict_where_both_orders_agree_else_a_tie(forward: str | None, reversed_: str | None) -> None:
    rows = [judgement(order="forward", winner=forward), judgement(order="reversed", winner=reversed_)]
    (verdict,) = item_verdicts(rows)
    if None in (forward, reversed_):
        assert (verdict.winner, verdict.flipped) == (None, None)
    else:
        assert verdict.winner == (forward if forward == reversed_ else "tie")
        assert verdict.flipped == (forward != reversed_)


def test_one_order_alone_is_no_verdict() -> None:
    (verdict,) = item_verdicts([judgement(order="reversed", winner="left")])
    assert verdict.winner is None


def test_judges_items_and_repeats_each_have_a_verdict_of_their_own() -> None:
    changed = ({}, {"judge_id": "s"}, {"item_id": "2"}, {"repeat": 2})
    rows = [judgement(order=order, winner="left", **fields) for order in ("forward", "reversed") for fields in changed]
    assert [verdict.winner for verdict in item_verdicts(rows)] == ["left"] * 4


def test_ratings_are_no_verdicts() -> None:
    assert item_verdicts([judgement(order="forward", right_source=None, rating=4)]) == []


@pytest.mark.parametrize(
    ("votes", "winner"),
    [
        ([("left", "gpt"), ("left", "llama")], "left"),
        ([("left", "gpt"), ("left", "llama"), ("right", "claude")], "left"),
        ([("left", "gpt"), ("right", "llama")], None),
        ([("left", "gpt"), ("tie", "llama")], None),
        ([("tie", "gpt"), ("tie", "llama")], "tie"),
        ([("tie", "gpt"), ("tie", "gpt")], None),
        ([("left", "gpt"), ("left", "gpt")], None),
        ([("left", "gpt"), ("left", "gpt"), ("tie", "llama")], None),
        ([("left", "gpt"), ("left", "gpt"), (None, "llama")], None),
        ([("left", "gpt")], None),
        ([("tie", "gpt")], None),
        ([], None),
    ],
)
def test_a_jury_needs_decisive_votes_of_two_judges_of_two_families(
    votes: list[tuple[str | None, str]], winner: str | None
) -> None:
    verdicts = [vote(one, family, f"judge {number}") for number, (one, family) in enumerate(votes)]
    for order in itertools.permutations(verdicts):
        assert jury_verdict(order) == winner


def test_two_judges_of_one_family_outvote_one_of_another_that_was_heard() -> None:
    assert jury_verdict([vote("left", "gpt", "a"), vote("left", "gpt", "b"), vote("right", "llama")]) == "left"


def test_a_judge_that_is_listed_twice_has_one_vote() -> None:
    assert jury_verdict([vote("left", "gpt"), vote("left", "gpt"), vote("right", "llama")]) is None
