import pytest

from ownvoice.evaluation.agreement.estimate import Estimate, wilson


def test_the_interval_of_seven_of_ten_is_that_of_the_paper_s_formula_worked_by_hand():
    # z² = 3.8415; centre (0.7 + 0.19207) / 1.38415 = 0.64450; half 1.416 * sqrt(0.021 + 0.0096036) = 0.24771
    found = wilson(7, 10)
    assert found is not None
    assert (found.value, found.n) == (0.7, 10)
    assert found.low == pytest.approx(0.3968, abs=1e-4)
    assert found.high == pytest.approx(0.8922, abs=1e-4)


def test_none_and_all_of_the_items_still_leave_something_open():
    # of ten, none: the upper end is z² / (n + z²) = 3.8415 / 13.8415
    assert wilson(0, 10) == Estimate(0.0, 0.0, pytest.approx(0.27754, abs=1e-5), 10)
    assert wilson(10, 10) == Estimate(1.0, pytest.approx(0.72246, abs=1e-5), pytest.approx(1.0), 10)


def test_a_share_of_nothing_is_not_known():
    assert wilson(0, 0) is None
