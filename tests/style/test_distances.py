"""Distances over function words, and the floor that they are divided by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ownvoice.style.distances import MIN_WORDS, band, cosine_delta, floor, jensen_shannon, measured, word_counts

WORDS = ("the", "of", "i")
COUNTS = arrays(
    np.float64, st.tuples(st.integers(1, 6), st.just(len(WORDS) + 1)), elements=st.integers(0, 50).map(float)
)
PLAIN = np.array([[9.0, 1, 0, 90], [8, 2, 1, 89], [10, 1, 0, 89], [9, 0, 1, 90]])
CHATTY = np.array([[1.0, 1, 9, 89], [2, 0, 8, 90], [1, 1, 10, 88], [0, 2, 9, 89]])


def test_counts_hold_each_function_word_and_in_the_last_column_all_others():
    assert word_counts(["The cat, the hat: I.", ""], WORDS).tolist() == [[2, 0, 1, 2], [0, 0, 0, 0]]


@given(COUNTS)
def test_a_text_has_no_divergence_from_itself_and_at_most_one_from_any(counts):
    distances = jensen_shannon(counts)(counts.sum(axis=0, keepdims=True))
    assert np.isnan(distances[0]) or distances[0] == pytest.approx(0, abs=1e-12)
    apart = jensen_shannon(np.array([[5.0, 0, 0, 1]]))(np.array([[0.0, 5, 5, 1]]))
    assert apart[0] == pytest.approx(1)


@given(COUNTS, COUNTS)
def test_the_divergence_is_symmetric(these, those):
    these, those = (counts.sum(axis=0, keepdims=True) for counts in (these, those))
    assert jensen_shannon(these)(those) == pytest.approx(jensen_shannon(those)(these), nan_ok=True)


@given(COUNTS, COUNTS, COUNTS, st.randoms())
def test_distances_depend_on_shares_and_on_no_order_of_passages(author, other, texts, random):
    shuffled = author[random.sample(range(len(author)), len(author))]
    for once, twice in (
        (cosine_delta(author, other), cosine_delta(shuffled, other)),
        (jensen_shannon(author), jensen_shannon(shuffled)),
    ):
        found = once(texts)
        assert twice(3 * texts) == pytest.approx(found, abs=1e-6, nan_ok=True)
        assert np.all(np.isnan(found) | ((found > -1e-9) & (found < 2 + 1e-9)))


def test_the_author_is_near_in_cosine_delta_and_the_other_opposite():
    distance = cosine_delta(PLAIN, CHATTY)
    near, far = (float(distance(one.sum(axis=0, keepdims=True))[0]) for one in (PLAIN, CHATTY))
    assert near == pytest.approx(0)
    assert far == pytest.approx(2)


def test_an_author_and_another_with_the_same_passages_in_another_order_are_no_two_writers():
    passages = np.array([[3.0, 0, 4, 0], [0, 0, 0, 0], [4, 0, 5, 0], [3, 1, 1, 5]])
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]):
        assert np.isnan(cosine_delta(passages[order], passages)(PLAIN)).all()


def test_the_floor_falls_with_the_size_of_a_text():
    passages = np.random.default_rng(0).poisson([5, 3, 2, 50], (40, 4)).astype(float)
    ids = [str(row % 10) for row in range(40)]
    distance = jensen_shannon(passages[:20])
    floors = [floor(distance, passages[20:], ids[20:], size) for size in (100, 1000, 10_000)]
    assert floors == sorted(floors, reverse=True)
    shuffled = np.random.default_rng(1).permutation(20) + 20
    again = floor(distance, passages[shuffled], [ids[row] for row in shuffled], 1000)
    assert again == pytest.approx(floors[1], rel=0.15)


def test_what_is_near_by_the_authors_own_floor_is_in_his_band():
    random = np.random.default_rng(2)
    mine, theirs = (random.poisson(means, (60, 4)).astype(float) for means in ([5, 3, 2, 50], [3, 3, 4, 50]))
    ids = [str(row % 10) for row in range(20)]
    for distance in (jensen_shannon(mine[:20]), cosine_delta(mine[:20], theirs[:20])):
        own = measured(distance, mine[20:40], mine[40:], ids)
        other = measured(distance, theirs[20:40], mine[40:], ids)
        assert own.ratio == pytest.approx(own.distance / own.floor)
        assert (own.band, other.band) == ("author", "another")


@pytest.mark.parametrize(("ratio", "expected"), [(0.3, "author"), (1.2, "author"), (1.79, "nearer"), (1.8, "another")])
def test_a_ratio_has_a_band(ratio, expected):
    assert band(ratio) == expected


def test_nothing_is_measured_where_there_is_too_little_or_no_text():
    none, enough = np.zeros((0, 4)), 20 * PLAIN
    distance = jensen_shannon(PLAIN)
    assert measured(distance, enough[:0], PLAIN, list("abcd")) is None
    assert measured(distance, PLAIN[:1], PLAIN, list("abcd")) is None
    assert PLAIN[:1].sum() < MIN_WORDS <= enough.sum()
    assert measured(distance, enough, none, []) is None
    assert measured(distance, enough, np.zeros((2, 4)), ["a", "b"]) is None
    for nothing in (
        jensen_shannon(none),
        cosine_delta(none, PLAIN),
        cosine_delta(PLAIN, none),
        cosine_delta(PLAIN, PLAIN),
    ):
        assert measured(nothing, enough, PLAIN, list("abcd")) is None
