"""One form for equal mixtures, and a draw of rows that only ever grows with its share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.training.mixture.shares import drawn
from ownvoice.training.recipe import TrainingRecipe

IDS = [f"{number:03}" for number in range(200)]


@pytest.mark.parametrize("nothing", [None, "", {}, {"own": 1}, "own:1", {"own": 1.0, "capybara": 0}])
def test_a_mixture_of_the_own_pairs_alone_is_none_and_leaves_the_recipe_as_it_was(nothing):
    recipe = TrainingRecipe(mixture=nothing)
    assert recipe.mixture is None
    assert recipe.recipe_id == TrainingRecipe().recipe_id == "cc699a427322"


@pytest.mark.parametrize(
    "same",
    [
        {"capybara": 0.1, "own": 1},
        {"capybara": 0.1, "feedback": 0},
        '{"capybara": 0.1}',
        "capybara:0.1",
        " own:1 + capybara:0.1 ",
    ],
)
def test_equal_mixtures_have_one_form_and_one_id(same):
    recipe = TrainingRecipe(mixture=same)
    assert list(recipe.mixture.items()) == [("own", 1.0), ("capybara", 0.1)]
    assert recipe.recipe_id == TrainingRecipe(mixture={"own": 1.0, "capybara": 0.1}).recipe_id


def test_a_baseline_without_the_own_pairs_can_be_asked_for():
    assert TrainingRecipe(mixture={"own": 0, "capybara": 1}).mixture == {"own": 0.0, "capybara": 1.0}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"own": 0}, "every share is 0"),
        ({"own": 1, "../x": 0.1}, "'../x' is no name of a set"),
        ({"capybara": 1.5}, "less than or equal to 1"),
        ({"capybara": -0.1}, "greater than or equal to 0"),
        ({"capybara": float("nan")}, "mixture.capybara"),
        ("capybara", "mixture.capybara"),
        ("{no json", "mixture"),
        ("own:1+capybara:0.1+own:0.5", "a set has two shares, of own, capybara, own"),
        ('{"own": 1, "own": 0.5}', "a set has two shares"),
        ([1, 2], "mixture"),
    ],
)
def test_a_mixture_that_means_nothing_is_refused_by_the_name_of_its_part(wrong, reason):
    with pytest.raises(ValueError, match=reason):
        TrainingRecipe(mixture=wrong)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 5))
def test_a_larger_share_of_one_seed_holds_the_smaller_one(one, other, seed):
    smaller, larger = sorted((one, other))
    assert set(drawn(IDS, smaller, seed)) <= set(drawn(IDS, larger, seed))


def test_a_share_has_its_size_whatever_the_order_of_the_rows_and_another_seed_draws_others():
    tenth = drawn(IDS, 0.1, seed=0)
    assert len(tenth) == 20
    assert tenth == drawn(reversed(IDS), 0.1, seed=0) == sorted(tenth)
    assert tenth != drawn(IDS, 0.1, seed=1)
    assert (drawn(IDS, 1.0, 0), drawn(IDS, 0.0, 0), len(drawn(IDS, 1e-5, 0))) == (IDS, [], 1)


def test_most_of_a_draw_stays_when_its_set_grows():
    before, after = set(drawn(IDS, 0.5, 0)), set(drawn([*IDS, *(f"new-{n}" for n in range(20))], 0.5, 0))
    assert len(before & after) >= 90


def test_the_smallest_share_above_nothing_draws_a_row():
    assert len(drawn(IDS, 1e-12, 0)) == 1
    assert drawn(IDS, 0, 0) == drawn([], 0.5, 0) == []
