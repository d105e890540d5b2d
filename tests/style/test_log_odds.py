"""Over-used words."""

from __future__ import annotations

from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.style.log_odds import over_used

AUTHOR = ["I look into it, and then I look again. " * 40]


def test_a_stock_phrase_of_a_model_comes_first_with_its_counts():
    answers = [f"We delve into it, and then {name} it again." for name in ("see", "ask", "try", "cut", "run")] * 8
    first, *_ = over_used(answers, AUTHOR)
    assert (first.word, first.count, first.author_count, first.texts) == ("delve", 40, 0, 40)
    assert first.per_10k_words == pytest.approx(10_000 * 40 / 360)
    assert first.author_per_10k_words == 0


def test_the_score_is_that_of_the_paper_reckoned_by_hand():
    texts, author = ["a " * 60 + "b " * 40, "a b"], ["a " * 20 + "b " * 180]
    (found,) = over_used(texts, author)
    prior, rest = 500 * 81 / 302, 500 * 221 / 302
    odds = log((61 + prior) / (41 + rest)) - log((20 + prior) / (180 + rest))
    assert (found.word, found.z) == ("a", pytest.approx(odds / sqrt(1 / (61 + prior) + 1 / (20 + prior))))


def test_the_subject_of_one_text_is_left_out():
    assert "llama" not in [one.word for one in over_used(["llama " * 50, "you and I", "you or I"], AUTHOR)]
    assert over_used(["llama " * 50], AUTHOR)[0].word == "llama"


def test_what_the_author_writes_as_often_is_not_over_used():
    assert over_used(AUTHOR * 2, AUTHOR) == []


@pytest.mark.parametrize(("texts", "author"), [([], AUTHOR), (["", "😀"], AUTHOR), (["words"], []), (["a"], ["a"])])
def test_where_a_side_has_no_word_none_is_over_used(texts, author):
    assert over_used(texts, author) == []


@given(st.lists(st.text("ab \n😀的", max_size=30), max_size=8), st.lists(st.text("bc 的", max_size=30), max_size=4))
def test_the_order_of_texts_changes_nothing(texts, author):
    assert over_used(texts, author) == over_used(texts[::-1], author[::-1])
