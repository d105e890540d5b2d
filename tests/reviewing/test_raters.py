"""Reviewers are measured by gold, repeats and sides, as judges are."""

from __future__ import annotations

import pytest

from ownvoice.evaluation.agreement.estimate import wilson
from ownvoice.evaluation.agreement.position import position_bias
from ownvoice.evaluation.agreement.ratings import Rating
from ownvoice.reviewing.raters import Reviewer, ratings_of, reviewed, reviewers_of
from stand_ins.review_rounds import answer, item


def the_reviewer(sample, *answers) -> Reviewer:
    [found] = reviewers_of(reviewed(sample, answers))
    return found


def test_the_side_that_someone_favours_is_counted_whatever_stood_there():
    sample = [item(name) for name in "abcdef"]
    sides = zip("abcdef", ["left", "left", "left", "right", "tie", "skip"], ["chosen", "rejected"] * 3, strict=True)
    found = the_reviewer(sample, *(answer(name, choice, shown_left=shown) for name, choice, shown in sides))
    assert found.side == position_bias(3, 1, 5)
    assert (found.items, found.skipped) == (5, 1)


def test_a_gold_item_is_won_by_the_answer_to_its_own_prompt_and_says_nothing_of_sides():
    sample = [item("g1", "gold"), item("g2", "gold"), item("g3", "gold")]
    found = the_reviewer(
        sample,
        answer("g1", "left", shown_left="chosen"),
        answer("g2", "left", shown_left="rejected"),
        answer("g3", "skip"),
    )
    assert found.gold == wilson(1, 2)
    assert found.side is None


def test_a_pair_shown_twice_is_decided_alike_where_the_same_answer_won_on_whatever_side():
    sample = [
        item("a", pair_id="p"),
        item("a2", "repeat", pair_id="p"),
        item("b", pair_id="q"),
        item("b2", "repeat", pair_id="q"),
        item("c2", "repeat", pair_id="r"),
    ]
    found = the_reviewer(
        sample,
        answer("a", "left", shown_left="chosen"),
        answer("a2", "right", shown_left="rejected"),
        answer("b", "tie"),
        answer("b2", "both_bad"),
        answer("c2", "left"),
    )
    assert found.repeats == wilson(1, 2)


def test_an_answer_that_was_superseded_does_not_count():
    found = the_reviewer([item("a")], answer("a", "left"), answer("a", "right", number=2))
    assert found.side == position_bias(0, 1, 1)


def test_the_time_of_a_pair_is_the_median_where_it_is_known():
    sample = [item(name) for name in "abcd"]
    times = zip("abcd", [2.0, 4.0, 90.0, None], strict=True)
    assert the_reviewer(sample, *(answer(name, seconds=time) for name, time in times)).median_seconds == 4.0
    assert the_reviewer(sample[:1], answer("a", seconds=None)).median_seconds is None


def test_agreement_is_about_pairs_and_leaves_controls_and_skipped_ones_out():
    sample = [item("a"), item("b", "flip"), item("g", "gold"), item("a2", "repeat", pair_id="pair-a"), item("s")]
    answers = [answer("a", "left"), answer("b", "both_bad", "ben"), answer("g"), answer("a2"), answer("s", "skip")]
    assert ratings_of(reviewed(sample, answers)) == [
        Rating("ann", "pair-a", "chosen"),
        Rating("ben", "pair-b", "both_bad"),
    ]


@pytest.mark.parametrize("answers", [[], [answer("not there")]])
def test_nothing_is_known_of_nobody(answers):
    assert reviewers_of(reviewed([item("a")], answers)) == []
