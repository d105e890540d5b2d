"""Absolute and pairwise judges prefer an answer of a pair, each in its way."""

from __future__ import annotations

import pytest

from ownvoice.evaluation.agreement.estimate import wilson
from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.evaluation.judges.preferences import decided_alike, place_bias, preferences
from stand_ins.judgements import a_judge, comparison, ratings

JUDGE, GRADER = a_judge(), a_judge("grader", prompt="absolute")


def preferred(rows) -> list[str]:
    return [one.preferred for one in preferences(rows)]


@pytest.mark.parametrize(("said", "expected"), [("fs", "chosen"), ("sf", "rejected"), ("ff", "tie"), ("tt", "tie")])
def test_a_pairwise_judge_prefers_what_won_in_both_orders(said, expected):
    assert preferred(comparison(JUDGE, "p", said)) == [expected]


def test_the_chosen_answer_may_stand_on_either_side():
    swapped = comparison(JUDGE, "p", "fs", left_source="rejected", right_source="chosen")
    assert preferred(swapped) == ["rejected"]


@pytest.mark.parametrize(("chosen", "rejected", "expected"), [(5, 4, "chosen"), (1, 2, "rejected"), (3, 3, "tie")])
def test_an_absolute_judge_prefers_the_higher_rating_and_equal_ones_are_a_tie(chosen, rejected, expected):
    assert preferred(ratings(GRADER, "p", chosen, rejected)) == [expected]


@pytest.mark.parametrize(
    "rows",
    [
        comparison(JUDGE, "p", "f-"),
        comparison(JUDGE, "p", "fs")[:1],
        ratings(GRADER, "p", 3, None),
        ratings(GRADER, "p", 3, 4)[:1],
        comparison(JUDGE, "p", "fs", is_control=True),
        comparison(JUDGE, "", "fs"),
        comparison(JUDGE, "p", "fs", left_source="base", right_source="trained"),
    ],
)
def test_half_a_verdict_a_control_and_answers_of_models_are_no_preference_of_a_pair(rows):
    assert preferred(rows) == []


def test_being_asked_again_is_told_apart_and_compared():
    rows = [
        *comparison(JUDGE, "p", "fs"),
        *comparison(JUDGE, "p", "fs", repeat=2),
        *comparison(JUDGE, "q", "fs"),
        *comparison(JUDGE, "q", "tt", repeat=2),
        *comparison(JUDGE, "only once", "fs"),
    ]
    assert decided_alike(preferences(rows)) == wilson(1, 2)
    assert decided_alike([]) is None


def test_the_bias_for_a_place_is_over_what_was_answered_in_both_orders():
    said = ["ff", "ff", "ss", "fs", "ft", "f-"]
    rows = [row for place, one in enumerate(said) for row in comparison(JUDGE, str(place), one)]
    assert place_bias(rows) == position_bias(2, 1, 5)
    assert place_bias(ratings(GRADER, "p", 1, 2)) is None
