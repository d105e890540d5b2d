"""What differs is marked, and nothing of either text is lost or added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pages.differences import MAX_WORDS, differences

WORDS = st.lists(st.sampled_from(["it", "was", "late", ".", "夜", "“", "—"]), max_size=12)


def words_of(pieces, *, marked):
    return [word for text, is_marked in pieces if is_marked == marked for word in text.split()]


def longest_common(left, right):
    """The length of a longest common sequence, by its definition."""
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, word in enumerate(left):
        for j, other in enumerate(right):
            taken = lengths[i][j] + 1 if word == other else 0
            lengths[i + 1][j + 1] = max(taken, lengths[i][j + 1], lengths[i + 1][j])
    return lengths[-1][-1]


@given(st.text(), st.text())
def test_the_pieces_are_the_texts(chosen, rejected):
    left, right, _ = differences(chosen, rejected)
    assert "".join(text for text, _ in left) == chosen
    assert "".join(text for text, _ in right) == rejected


@given(st.text())
def test_equal_texts_have_no_marks(text):
    left, right, _ = differences(text, text)
    assert not any(is_marked for side in (left, right) for _, is_marked in side)


@given(WORDS, WORDS)
def test_what_is_not_marked_is_the_same_on_both_sides_and_as_much_as_can_be(chosen, rejected):
    left, right, _ = differences(" ".join(chosen), " ".join(rejected))
    same = words_of(left, marked=False)
    assert same == words_of(right, marked=False)
    assert len(same) == longest_common(chosen, rejected)


def test_words_that_one_side_alone_has_are_marked():
    left, right, by_order = differences("I like rain.", "I really like  rain.")
    assert [text for text, is_marked in right if is_marked] == ["really"]
    assert not any(is_marked for _, is_marked in left)
    assert by_order


def test_of_very_long_texts_the_words_that_the_other_has_nowhere_are_marked():
    left, right, by_order = differences("rain and wind " * MAX_WORDS, "wind and snow")
    assert set(words_of(left, marked=True)) == {"rain"}
    assert words_of(right, marked=True) == ["snow"]
    assert not by_order


@pytest.mark.parametrize("unit", [".", ". ", "a b ", "a", "a. ", " ", "\n", "夜"])
@pytest.mark.parametrize("other", [".", "b. ", "a b c "])
def test_the_work_is_the_same_whatever_the_texts_repeat(unit, other):
    """A comparison of every place with every other would take hours for these."""
    differences(unit * 20_000, other * 20_000)
    differences((unit * 20_000)[: MAX_WORDS - 1], (other * 20_000)[: MAX_WORDS - 1])
