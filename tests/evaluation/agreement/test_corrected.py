import pytest

from ownvoice.evaluation.agreement.corrected import Share, corrected_win_rate


def test_a_win_rate_is_corrected_by_what_people_said_worked_by_hand():
    # p = .6, q1 = .9, q0 = .8: (.6 + .8 - 1) / (.8 + .9 - 1) = .4 / .7
    found = corrected_win_rate(Share(120, 200), Share(45, 50), Share(40, 50))
    assert found is not None
    assert found.value == pytest.approx(4 / 7)
    assert found.low < 4 / 7 < found.high
    assert found.n == 200


def test_a_judge_that_people_always_agree_with_needs_no_correction():
    found = corrected_win_rate(Share(120, 200), Share(500, 500), Share(500, 500))
    assert found is not None
    assert found.value == pytest.approx(0.6)
    assert found.low == pytest.approx(0.53, abs=0.02)
    assert found.high == pytest.approx(0.67, abs=0.02)


def test_fewer_answers_of_people_leave_more_open():
    few, many = (corrected_win_rate(Share(120, 200), Share(9 * n, 10 * n), Share(8 * n, 10 * n)) for n in (1, 20))
    assert few is not None
    assert many is not None
    assert few.low < many.low < many.high < few.high


def test_what_people_contradict_as_often_as_a_coin_says_nothing_of_them():
    assert corrected_win_rate(Share(120, 200), Share(25, 50), Share(25, 50)) is None
    assert corrected_win_rate(Share(120, 200), Share(10, 50), Share(10, 50)) is None


def test_a_corrected_rate_stays_within_none_and_all():
    found = corrected_win_rate(Share(199, 200), Share(45, 50), Share(40, 50))
    assert found is not None
    assert found.value == 1.0
    assert found.high == 1.0


@pytest.mark.parametrize("empty", range(3))
def test_without_items_on_any_of_the_three_sides_nothing_is_corrected(empty: int):
    shares = [Share(0, 0) if place == empty else Share(40, 50) for place in range(3)]
    assert corrected_win_rate(*shares) is None
