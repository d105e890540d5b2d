import pytest

from ownvoice.evaluation.agreement.estimate import Estimate
from ownvoice.evaluation.agreement.position import flip_rate, position_bias


def test_the_bias_of_a_judge_that_prefers_the_first_place_is_worked_by_hand():
    # (30 - 10) / 100 = .2; half 1.96 * sqrt(40 - 400 / 100) / 100 = 1.96 * 6 / 100 = .1176
    found = position_bias(30, 10, 100)
    assert found == Estimate(0.2, pytest.approx(0.0824, abs=1e-4), pytest.approx(0.3176, abs=1e-4), 100)


def test_changing_the_places_changes_the_sign():
    first, second = position_bias(30, 10, 100), position_bias(10, 30, 100)
    assert first is not None
    assert second == Estimate(-first.value, pytest.approx(-first.high), pytest.approx(-first.low), 100)


def test_flips_both_ways_are_no_bias_and_still_widen_the_interval():
    assert position_bias(0, 0, 100) == Estimate(0.0, 0.0, 0.0, 100)
    found = position_bias(20, 20, 100)  # 1.96 * sqrt(40) / 100
    assert found == Estimate(0.0, pytest.approx(-0.12396, abs=1e-5), pytest.approx(0.12396, abs=1e-5), 100)


def test_one_that_always_takes_the_first_place_is_at_the_end_of_the_scale():
    assert position_bias(100, 0, 100) == Estimate(1.0, 1.0, 1.0, 100)


def test_without_items_there_is_no_bias_to_speak_of():
    assert position_bias(0, 0, 0) is None
    assert flip_rate(0, 0) is None


def test_the_flip_rate_is_what_is_not_consistent():
    found = flip_rate(90, 100)
    assert found is not None
    assert found.value == pytest.approx(0.1)
    assert found.low < 0.1 < found.high
