"""Style numbers that a reader can count for themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.training.result import Sample
from ownvoice.training.trainer.style import compared_styles, function_word_distance, style_of

TEXT = "I don’t know, and you? The ferry is late!"


def test_the_numbers_are_those_that_one_counts_by_hand():
    style = style_of([TEXT])
    assert (style["words"], style["words_per_sentence"]) == (9, 4.5)
    assert style["commas_per_100_words"] == pytest.approx(100 / 9)
    assert style["questions_per_100_words"] == style["exclamations_per_100_words"] == pytest.approx(100 / 9)
    assert style["apostrophes_per_100_words"] == pytest.approx(100 / 9)
    assert style["function_words"]["the"] == pytest.approx(1 / 9)


def test_a_text_is_at_no_distance_from_itself_and_nearer_to_its_like():
    mine, alike, stiff = (style_of([text]) for text in (TEXT, "I know, and you? The sun is up!", "Utilise leverage."))
    assert function_word_distance(mine, mine) == 0
    assert function_word_distance(mine, alike) < function_word_distance(mine, stiff)


def test_base_and_trained_model_are_held_against_the_author():
    styles = compared_styles([TEXT], [Sample("?", "Utilise leverage.", TEXT)])
    assert set(styles) == {"author", "base", "trained"}
    assert styles["trained"]["function_word_distance"] == 0 < styles["base"]["function_word_distance"]


def test_without_answers_there_are_no_numbers():
    assert compared_styles([TEXT], []) == {}
    assert compared_styles([TEXT], [Sample("?", "", "...")]) == {}


@given(st.text(), st.text())
def test_any_two_texts_have_a_distance_between_0_and_100(one, other):
    styles = style_of([one]), style_of([other])
    if all(styles):
        assert 0 <= function_word_distance(*styles) <= 100
