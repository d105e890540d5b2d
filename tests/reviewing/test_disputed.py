"""Which pairs judges disagree about: by their verdicts in both orders, whichever side an answer is on."""

from __future__ import annotations

import pytest

from ownvoice.evaluation.judges.table import record_judgements
from ownvoice.reviewing.disputed import disputed_pairs
from ownvoice.storage.tables import JUDGEMENTS


def judgement(pair_id, judge, winner, order, left="chosen", **columns):
    empty = {field.name: "" if str(field.type) == "string" else None for field in JUDGEMENTS}
    return empty | {
        "judgement_id": f"{pair_id} {judge} {order} {columns}",
        "item_id": f"item {pair_id} {left}",
        "pair_id": pair_id,
        "left_source": left,
        "right_source": "rejected" if left == "chosen" else "chosen",
        "order": order,
        "judge": judge,
        "judge_id": judge,
        "family": judge,
        "question": "quality",
        "repeat": 1,
        "winner": winner,
        "is_control": False,
        "prompt_tokens": 0,
        "completion_tokens": 0,
    } | columns  # fmt: skip


def both(pair_id, judge, winner, left="chosen", **columns):
    return [judgement(pair_id, judge, winner, order, left, **columns) for order in ("forward", "reversed")]


@pytest.mark.parametrize(
    ("rows", "disputed"),
    [
        (both("p", "j", "left") + both("p", "k", "left"), False),
        (both("p", "j", "left") + both("p", "k", "right"), True),
        (both("p", "j", "left") + both("p", "k", "right", left="rejected"), False),
        (both("p", "j", "left") + both("p", "k", "tie"), False),
        ([judgement("p", "j", "left", "forward"), judgement("p", "j", "right", "reversed")], True),
        ([judgement("p", "j", "left", "forward")], False),
        (both("p", "j", "left") + both("p", "uncounted", "right"), False),
        (both("p", "j", "left") + both("p", "k", "right", question="voice"), False),
        (both("p", "j", "left") + both("p", "k", "right", is_control=True), False),
    ],
)
def test_a_pair_is_disputed_where_a_judge_flips_or_two_prefer_different_answers(lake, rows, disputed):
    record_judgements(lake, rows)
    assert disputed_pairs(lake, ["j", "k"]) == ({"p"} if disputed else set())


def test_without_judgements_or_judges_nothing_is_disputed(lake):
    assert disputed_pairs(lake, ["j"]) == disputed_pairs(lake, []) == frozenset()
