"""What differs is marked, and nothing of either text is lost or added."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pages.pair import differences


@given(st.text(), st.text())
def test_the_pieces_are_the_texts(chosen, rejected):
    left, right = differences(chosen, rejected)
    assert "".join(text for text, _ in left) == chosen
    assert "".join(text for text, _ in right) == rejected


@given(st.text())
def test_equal_texts_have_no_marks(text):
    assert not any(is_marked for side in differences(text, text) for _, is_marked in side)


def test_words_that_one_side_alone_has_are_marked():
    left, right = differences("I like rain.", "I really like rain.")
    assert [text for text, is_marked in right if is_marked] == [" really"]
    assert not any(is_marked for _, is_marked in left)


def test_very_long_texts_are_left_unmarked():
    long = "word " * 5000
    assert differences(long, "short") == ([(long, False)], [("short", False)])
