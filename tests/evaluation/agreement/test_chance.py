import numpy as np
import pytest

from ownvoice.evaluation.agreement.chance import alpha, kappa
from ownvoice.evaluation.agreement.ratings import Rating


def ratings(**said: str) -> list[Rating]:
    """Return what each rater said of items 0, 1, 2, a sign each; "." is nothing."""
    return [
        Rating(rater, str(place), value)
        for rater, values in said.items()
        for place, value in enumerate(values)
        if value != "."
    ]


def test_alpha_of_krippendorff_s_own_example_of_two_observers():
    # "Computing Krippendorff's Alpha-Reliability" (2011), section A: ten items, 14 zeros and 6 ones; four items differ.
    # D_o = 8 / 20 = .4; D_e = 2 * 14 * 6 / (20 * 19) = .44211; alpha = 1 - .4 / .44211 = .095
    found = alpha(ratings(one="0100000010", two="1110010000"))
    assert found is not None
    assert found.value == pytest.approx(0.095, abs=5e-4)
    assert found.n == 10


def test_alpha_of_krippendorff_s_example_with_missing_values_and_four_observers():
    # The same, section C: nominal alpha is .743.
    found = alpha(ratings(A="123321412...", B="1233224125.3", C=".3332342251.", D="12332441251."))
    assert found is not None
    assert found.value == pytest.approx(0.743, abs=5e-4)


def test_kappa_is_worked_by_hand():
    # 50 items: both yes 20, both no 15, yes/no 5, no/yes 10: agreed .7, by chance .5 * .6 + .5 * .4 = .5: kappa .4
    found = kappa(
        ratings(one="y" * 20 + "n" * 15 + "y" * 5 + "n" * 10, two="y" * 20 + "n" * 15 + "n" * 5 + "y" * 10),
        "one",
        "two",
    )
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.n == 50


def test_agreement_of_ninety_in_a_hundred_can_be_a_kappa_of_less_than_half():
    # both yes 85, both no 5, 5 each way: by chance .9 * .9 + .1 * .1 = .82; (.9 - .82) / .18 = .444
    said = ratings(one="y" * 85 + "n" * 5 + "y" * 5 + "n" * 5, two="y" * 85 + "n" * 5 + "n" * 5 + "y" * 5)
    found = kappa(said, "one", "two")
    assert found is not None
    assert found.value == pytest.approx(0.444, abs=5e-4)


def test_kappa_is_that_of_scikit_learn_on_values_drawn_at_random():
    from sklearn.metrics import cohen_kappa_score

    draw = np.random.default_rng(3)
    for _ in range(10):
        one, two = ("".join(draw.choice(list("LRt"), 40)) for _ in range(2))
        found = kappa(ratings(one=one, two=two), "one", "two")
        assert found is not None
        assert found.value == pytest.approx(cohen_kappa_score(list(one), list(two)))


def test_the_interval_of_kappa_on_fifty_and_a_hundred_items_is_as_wide_as_theory_has_it():
    # Two raters who agree on 80 of 100 evenly split items have a kappa of .6 and a standard error of .08 (Fleiss 1969).
    said = ratings(one="y" * 40 + "n" * 40 + "y" * 10 + "n" * 10, two="y" * 40 + "n" * 40 + "n" * 10 + "y" * 10)
    found = kappa(said, "one", "two")
    assert found is not None
    assert found.low == pytest.approx(0.6 - 1.96 * 0.08, abs=0.02)
    assert found.high == pytest.approx(0.6 + 1.96 * 0.08, abs=0.02)


@pytest.mark.parametrize("said", ["yyyyn", "yn"])
def test_perfect_agreement_on_a_few_items_leaves_open_that_the_next_differs(said: str):
    for found in (alpha(ratings(one=said, two=said)), kappa(ratings(one=said, two=said), "one", "two")):
        assert found is not None
        assert found.value == found.high == 1
        assert found.low < 0.6


def test_what_differs_on_every_item_is_below_chance_and_leaves_something_open_too():
    found = alpha(ratings(one="yyyyy", two="nnnnn"))
    assert found is not None
    assert found.value < 0
    assert found.low == found.value < found.high


@pytest.mark.parametrize(
    "said",
    [
        ratings(),
        ratings(one="yynn"),  # one rater
        ratings(one="yyyy", two="yyyy"),  # the same value always
        ratings(one="yn..", two="..yn"),  # no item of both
        ratings(one="y", two="n"),  # one item
    ],
)
def test_what_nothing_can_be_said_of_is_left_blank(said: list[Rating]):
    assert alpha(said) is None
    assert kappa(said, "one", "two") is None


def test_the_last_of_several_ratings_of_one_item_by_one_rater_counts():
    said = ratings(one="yynn", two="yynn")
    assert alpha([Rating("one", "0", "n"), *said]) == alpha(said)


def test_raters_named_in_another_order_agree_as_much():
    said = ratings(one="yynnty", two="ynnnyy", three="y.n.ty")
    assert alpha(said[::-1]) == alpha(said)
    assert kappa(said, "one", "two").value == pytest.approx(kappa(said, "two", "one").value)  # type: ignore[union-attr]
