"""Distortion takes out what a text is about, and leaves how it is put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.style.distort import distorted
from ownvoice.style.words import FUNCTION_WORDS, words

KEPT = frozenset(FUNCTION_WORDS)


def test_content_words_become_a_star_and_numbers_a_hash():
    text = "But the model, which costs 1,024.5 dollars,\n\ndidn’t learn: why?"
    assert distorted(text, KEPT) == "but the *, which * # *, didn't *: why?"


def test_two_texts_that_differ_in_their_subject_alone_are_the_same():
    assert distorted("I feed the cat (3 times).", KEPT) == distorted("I train the transformer (70 times).", KEPT)


def test_a_script_without_spaces_keeps_the_letters_that_are_function_words():
    assert distorted("我的书。", frozenset(["的"])) == "*的*。"


@given(st.text())
def test_every_word_that_is_left_is_kept(text):
    assert set(words(distorted(text, KEPT))) <= KEPT
