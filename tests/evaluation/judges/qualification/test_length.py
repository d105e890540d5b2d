"""Tests of the slope by which length moves a judge."""

from __future__ import annotations

import pytest

from ownvoice.evaluation.judges.qualification.length import length_slope


def test_two_groups_give_the_difference_of_their_log_odds() -> None:
    # Lengths are one sd apart from zero: b1 tanh(1) is half the difference of log 3 and -log 3.
    scores = [1.0, 1.0, 1.0, 0.0] * 10 + [1.0, 0.0, 0.0, 0.0] * 10
    found = length_slope(scores, [100] * 40 + [-100] * 40)
    assert found is not None
    assert found.value == pytest.approx(1.0986 / 0.7616, abs=1e-3)
    assert found.low < found.value < found.high
    assert found.low > 0


def test_a_judge_that_does_not_look_at_length_has_an_interval_around_zero() -> None:
    found = length_slope([1.0, 0.0, 0.5, 0.5] * 20, [100, 100, -100, -100] * 20)
    assert found is not None
    assert found.low < 0 < found.high


@pytest.mark.parametrize(
    ("scores", "differences"),
    [([1.0, 0.0] * 20, [50, -50] * 20), ([1.0, 0.0] * 20, [7] * 40), ([1.0] * 40, [1, -1] * 20), ([], [])],
    ids=["parted", "one length", "one winner", "none"],
)
def test_no_slope_is_given_where_the_pairs_do_not_tell_one(scores: list[float], differences: list[int]) -> None:
    assert length_slope(scores, differences) is None
