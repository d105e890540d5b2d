"""What a learning curve says of more data, from trainings whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from ownvoice.evaluation.curve.curve import CurveTraining, Verdict, metric_curve

SIZES = (100, 200, 400, 800, 1600)
SEEDS = (0, 1, 2)


def law(pairs, a=1.0, b=4.0, c=0.5):
    return a - b * pairs**-c


def trained(value, sizes=SIZES, seeds=SEEDS, metric="margin"):
    """Return a training for each size and seed, with `value(pairs, seed)` as its measure."""
    return [
        CurveTraining(
            variant=f"{pairs}-seed{seed}", run_id=f"r/{pairs}-{seed}", seed=seed, wanted_pairs=pairs,
            train_pairs=pairs, **{metric: value(pairs, seed)},
        )
        for pairs in sizes
        for seed in seeds
    ]  # fmt: skip


def noisy(curve, noise, seed=0):
    random = np.random.default_rng(seed)
    return lambda pairs, _: curve(pairs) + random.normal(0, noise)


def of(*arguments, **named):
    metric = named.get("metric", "margin")
    return metric_curve(trained(*arguments, **named), metric)


def test_a_law_without_noise_is_found_and_told_at_twice_the_data_and_no_further():
    found = of(lambda pairs, _: law(pairs))
    assert (found.law.a, found.law.b, found.law.c) == pytest.approx((1.0, 4.0, 0.5), rel=1e-3)
    assert found.forecast_pairs == 3200
    assert found.forecast.mean == pytest.approx(law(3200), abs=1e-4)
    assert found.last_doubling.mean == pytest.approx(law(1600) - law(800))
    assert found.verdict is Verdict.RISING


def test_a_measure_of_which_less_is_better_rises_where_it_falls():
    found = of(lambda pairs, _: 2 - law(pairs), metric="style_distance")
    assert found.verdict is Verdict.RISING
    assert found.last_doubling.mean == pytest.approx(law(1600) - law(800))
    assert found.law.at(100) == pytest.approx(2 - law(100), abs=1e-4)
    assert found.forecast.mean == pytest.approx(2 - law(3200), abs=1e-4)
    low, high = found.sizes[0].value.low, found.sizes[0].value.high
    assert low <= found.sizes[0].value.mean <= high


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_a_curve_that_has_ended_is_flat_and_its_forecast_no_gain(noise):
    found = of(noisy(lambda pairs: 0.7, noise, seed=3))
    assert found.verdict is Verdict.FLAT
    assert found.last_doubling.low <= 0 <= found.last_doubling.high
    assert found.forecast.mean == pytest.approx(0.7, abs=3 * noise + 1e-9)


def test_a_saturated_curve_is_flat_although_it_rose_before():
    values = dict(zip(SIZES, (0.2, 0.5, 0.65, 0.7, 0.701), strict=True))
    assert of(noisy(values.get, 0.005)).verdict is Verdict.FLAT


def test_a_curve_that_may_rise_as_before_or_not_is_too_noisy_to_be_called_flat():
    wobble = {0: 0.0, 1: 0.09, 2: -0.09}
    found = of(lambda pairs, seed: 0.1 * np.log2(pairs) + (wobble[seed] if pairs == 1600 else 0))
    assert found.last_doubling.low <= 0 <= found.last_doubling.high
    assert found.verdict is Verdict.TOO_NOISY


def test_a_curve_that_gets_worse_is_falling_and_its_law_stays_level():
    found = of(noisy(lambda pairs: 2 - law(pairs), 0.001))
    assert found.verdict is Verdict.FALLING
    assert found.law.b == 0


@pytest.mark.parametrize("seeds", [SEEDS, (0,)])
def test_a_curve_that_gets_worse_forecasts_nothing_since_its_law_cannot_fall(seeds):
    found = of(lambda pairs, seed: 2 - law(pairs) - 0.001 * seed, seeds=seeds)
    assert found.last_doubling.mean < 0
    assert (found.forecast, found.forecast_pairs) == (None, None)


def test_two_sizes_have_a_doubling_and_no_law_and_one_has_neither():
    two = of(lambda pairs, _: law(pairs), sizes=(400, 800))
    assert two.verdict is Verdict.RISING
    assert (two.law, two.forecast, two.forecast_pairs) == (None, None, None)
    one = of(lambda pairs, _: law(pairs), sizes=(800,))
    assert (one.verdict, one.last_doubling) == (Verdict.TOO_FEW, None)
    assert len(one.sizes) == 1


def test_one_seed_has_no_interval_and_so_no_verdict():
    found = of(lambda pairs, _: law(pairs), seeds=(0,))
    assert found.verdict is Verdict.TOO_FEW
    assert found.last_doubling.low is None
    assert found.forecast.mean == pytest.approx(law(3200), abs=1e-4)


def test_nothing_measured_is_said_and_stops_nothing():
    found = of(lambda pairs, _: None)
    assert (found.verdict, found.sizes, found.law, found.forecast) == (Verdict.TOO_FEW, (), None, None)
    assert metric_curve([], "margin").verdict is Verdict.TOO_FEW


def test_a_failed_training_takes_its_seed_out_of_the_last_doubling_and_no_more():
    trainings = [one for one in trained(lambda pairs, _: law(pairs)) if (one.wanted_pairs, one.seed) != (800, 1)]
    found = metric_curve(trainings, "margin")
    assert found.last_doubling.seeds == 2
    assert [one.value.seeds for one in found.sizes] == [3, 3, 3, 2, 3]
    assert found.forecast.seeds == 3


def test_a_seed_without_the_largest_size_forecasts_nothing_beyond_twice_its_data():
    trainings = [one for one in trained(lambda pairs, _: law(pairs)) if (one.wanted_pairs, one.seed) != (1600, 1)]
    assert metric_curve(trainings, "margin").forecast.seeds == 2


def test_a_size_that_failed_whole_leaves_no_last_doubling():
    trainings = [one for one in trained(lambda pairs, _: law(pairs)) if one.wanted_pairs != 800]
    found = metric_curve(trainings, "margin")
    assert (found.verdict, found.last_doubling) == (Verdict.TOO_FEW, None)
    assert found.law is not None


def test_the_interval_of_the_forecast_holds_the_truth_about_as_often_as_it_says():
    """Five sizes, three seeds, noise .01: of 100 curves 82 to 97 intervals of 90 percent (two standard errors)."""
    held = 0
    for seed in range(100):
        forecast = of(noisy(law, 0.01, seed)).forecast
        held += forecast.low <= law(3200) <= forecast.high
    assert 82 <= held <= 97
