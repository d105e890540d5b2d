"""Of several drawn answers, the one whose length is nearest to the chosen one's, cut where the recipe says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.config.generators import RejectedBy
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.completion import Completion, Fault
from ownvoice.pairs.draws import Draw, nearest_first, reader

SECOND = RejectedBy(model="sft")
WHOLE = GenerationRecipe(rejected_by=SECOND, rejected_draws=4)
CUT = GenerationRecipe(rejected_by=SECOND, rejected_cut="sentence")
CHOSEN = "One two three four five."


def draws(*texts: str) -> list[Draw]:
    return [Draw(number, text, "sft", f"key-{number}") for number, text in enumerate(texts, 1)]


def test_the_draw_whose_length_in_words_is_nearest_comes_first():
    found = nearest_first(draws("word " * 20, "word", "four words are here", "word " * 9), CHOSEN, WHOLE)
    assert [draw.number for draw in found] == [3, 2, 4, 1]


def test_of_draws_as_long_the_earlier_one_is_taken():
    assert [draw.number for draw in nearest_first(draws("a b c d e", "f g h i j"), CHOSEN, WHOLE)] == [1, 2]


def test_characters_decide_where_a_script_has_no_spaces():
    chosen, near, far = "昨天我去了图书馆，看了一本书。", "昨天我去了图书馆看书。", "昨天" * 40 + "。"
    assert nearest_first(draws(far, near), chosen, WHOLE)[0].text == near


def test_what_cannot_be_used_is_never_taken():
    unusable = Draw(1, "One two three four five.", "sft", "key-1", fault="truncated")
    assert [draw.number for draw in nearest_first([unusable, *draws("", "x y")[1:]], CHOSEN, WHOLE)] == [2]


def test_a_rambling_answer_ends_at_the_sentence_that_brings_it_nearest():
    (found,) = nearest_first(draws("One. Two is short. Three goes on and on and on and on. Four."), CHOSEN, CUT)
    assert (found.text, found.is_cut) == ("One. Two is short.", True)
    (whole,) = nearest_first(draws("Five words and no more."), CHOSEN, CUT)
    assert (whole.text, whole.is_cut) == ("Five words and no more.", False)


def test_nothing_is_cut_unless_the_recipe_says_so():
    text = "One. Two is short. Three goes on and on and on and on. Four."
    (found,) = nearest_first(draws(text), CHOSEN, WHOLE)
    assert (found.text, found.is_cut) == (text, False)


@pytest.mark.parametrize(
    ("text", "ending", "read", "is_cut"),
    [
        ("It is so. It goes on and", Fault.TRUNCATED, "It is so.", True),
        ("彼は来た。そして彼女も", Fault.TRUNCATED, "彼は来た。", True),
        ("It is so. And so.", None, "It is so. And so.", False),
    ],
)
def test_an_answer_that_was_cut_off_is_read_up_to_its_last_whole_sentence(text, ending, read, is_cut):
    answer = reader(CUT)(Completion(text, ending))
    assert (answer.text, answer.fault, answer.is_cut) == (read, None, is_cut)


@pytest.mark.parametrize(
    ("text", "ending"),
    [("It goes on", Fault.TRUNCATED), ("", Fault.TRUNCATED), ("I. I. I. I.", Fault.ENDLESS), ("No.", Fault.REFUSED)],
)
def test_without_a_whole_sentence_what_is_wrong_with_it_stays_wrong(text, ending):
    answer = reader(CUT)(Completion(text, ending))
    assert (answer.fault, answer.usable) == (ending, False)


def test_without_a_cut_in_the_recipe_an_answer_that_was_cut_off_cannot_be_used():
    assert reader(WHOLE)(Completion("It is so. It goes on and", Fault.TRUNCATED)).fault is Fault.TRUNCATED


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=4), st.text(min_size=1))
def test_a_cut_answer_is_a_beginning_of_the_answer_and_never_empty(texts, chosen):
    originals = draws(*(text.strip() for text in texts))
    for draw in nearest_first(originals, chosen, CUT):
        assert draw.text
        assert originals[draw.number - 1].text.startswith(draw.text)
        assert draw.is_cut == (draw.text != originals[draw.number - 1].text)
