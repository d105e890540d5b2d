"""Simulated judges, biased and honest: how often the rule excludes them, read as the product reads them."""

from __future__ import annotations

import pytest

from ownvoice.evaluation.judges.qualification.measures import measures_of
from stand_ins.simulated_judges import FAULTY, HONEST, OTHER, OWN, Simulation, made_up_pairs

_SEEDS = range(20)
_RULES = {
    "always_first": "position",
    "always_second": "position",
    "early_a_last_b": "position",
    "first_in_41_percent": "position",
    "longer_wins": "padded",
    "own_family": "family",
    "coin": "gold",
    "obeys": "injected",
    "invalid": "invalid",
}


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return Simulation.of(made_up_pairs())


@pytest.mark.parametrize("manner", FAULTY)
def test_a_judge_with_a_fault_is_excluded_for_it_in_twenty_of_twenty_seeds(simulation, manner):
    broken = [simulation.broken(manner, seed) for seed in _SEEDS]
    assert sum(bool(rules) for rules in broken) == len(_SEEDS)
    assert sum(_RULES[manner] in rules for rules in broken) >= len(_SEEDS) - 1


@pytest.mark.parametrize("manner", HONEST)
def test_an_honest_judge_sharp_or_noisy_is_excluded_in_at_most_one_of_twenty_seeds(simulation, manner):
    assert sum(bool(simulation.broken(manner, seed)) for seed in _SEEDS) <= 1


def test_a_noisy_judge_flips_in_a_third_of_the_pairs_and_is_only_warned_of(simulation):
    flips = measures_of(simulation.judged("honest_noisy", 1)).flips
    assert flips is not None
    assert 0.2 < flips.value < 0.45


def test_a_judge_that_always_takes_the_first_answer_has_a_bias_of_one_and_no_gold(simulation):
    found = measures_of(simulation.judged("always_first", 1))
    assert (found.position.value, found.gold.value, found.flips.value) == (1.0, 0.0, 1.0)
    assert found.repeats.value == 1.0  # steady, and of no use


def test_a_liking_for_the_own_family_is_not_measured_without_a_judge_of_another(simulation):
    alone = simulation.judged("own_family", 1)
    relative = simulation.judged("honest", 2, OWN)
    assert measures_of(alone, [relative]).family_net is None
    assert measures_of(alone, [simulation.judged("honest", 2, OTHER)]).family_net.value > 0.3


def test_too_few_verdicts_give_no_measure(simulation):
    judged = simulation.judged("honest", 1)
    few = type(judged)(judged.family, judged.is_pairwise, judged.controls, judged.rows[:60])
    found = measures_of(few)
    assert (found.position, found.gold, found.padded_net, found.invalid) == (None, None, None, None)
