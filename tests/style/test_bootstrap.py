"""Intervals over articles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.style.bootstrap import auc, paired_difference

SCORES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from("abcdef")), min_size=1, max_size=40)


def test_the_mean_is_of_answers_and_the_interval_of_articles():
    found = paired_difference([1.0, 1.0, 0.0], [0.5, 0.5, 0.0], ["a", "a", "b"])
    assert found.mean == pytest.approx(1 / 3)
    assert (found.low, found.high) == (0.0, 0.5)


def test_answers_to_one_article_are_no_evidence_about_another():
    assert paired_difference([1.0] * 100, [0.0] * 100, ["a"] * 100) is None
    assert paired_difference([], [], []) is None


@settings(max_examples=30)
@given(SCORES, st.randoms())
def test_order_changes_nothing_and_the_two_sides_are_mirrored(rows, random):
    mine, theirs, ids = zip(*rows, strict=True)
    found, mirrored = paired_difference(mine, theirs, ids), paired_difference(theirs, mine, ids)
    shuffled = paired_difference(*zip(*random.sample(rows, len(rows)), strict=True))
    if found is None:
        assert mirrored is None
        assert shuffled is None
        return
    assert (shuffled.mean, shuffled.low, shuffled.high) == pytest.approx((found.mean, found.low, found.high))
    assert (-mirrored.mean, -mirrored.high, -mirrored.low) == pytest.approx((found.mean, found.low, found.high))
    assert found.low <= found.high


def test_equal_models_are_found_better_in_as_few_cases_as_an_interval_says_over_five_articles_and_over_forty():
    random = np.random.default_rng(1)
    for articles in (5, 40):
        ids = np.repeat(np.arange(articles), 4).astype(str)
        better = 0
        for _ in range(150):
            scores = np.repeat(random.normal(0, 0.5, articles), 4) + random.normal(0, 1, len(ids))
            better += paired_difference(scores, np.zeros(len(ids)), ids).low > 0
        assert better / 150 <= 0.05


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc")), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from("xyz")), min_size=1, max_size=20),
)
def test_the_auc_is_that_of_scikit_learn_and_its_interval_lies_between_0_and_1(mine, theirs):
    from sklearn.metrics import roc_auc_score

    scores, ids = zip(*mine, strict=True)
    others, other_ids = zip(*theirs, strict=True)
    found = auc(scores, ids, others, other_ids)
    expected = roc_auc_score([1] * len(scores) + [0] * len(others), [*scores, *others])
    assert found.mean == pytest.approx(expected)
    assert 0 <= found.low <= found.high <= 1


def test_one_article_of_a_side_says_nothing_of_the_next():
    found = auc([1.0, 2.0], ["a", "a"], [0.0, 0.0], ["x", "y"])
    assert (found.mean, found.low, found.high) == (1.0, 0.0, 1.0)
    assert auc([], [], [1.0], ["x"]) is None
