import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.grams.grams import MIN_SENTENCE_WORDS, RUN_WORDS, grams, look_up, shared_words, words_key

NUMBERS = [f"word{number}" for number in range(60)]


def shares(these, those):
    return shared_words([these], grams([those])) is not None


def sentence(count, start=0):
    return " ".join(NUMBERS[start : start + count]).capitalize() + "."


@pytest.mark.parametrize("count", range(1, 20))
def test_a_run_of_thirteen_words_within_other_words_is_shared_and_one_of_twelve_is_not(count):
    run = " ".join(NUMBERS[:count])
    assert shares(f"Before it {run} after it.", f"And elsewhere {run} something else.") == (count >= RUN_WORDS)


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u2060", "\ufeff"])
def test_signs_that_nobody_sees_make_no_other_passage(sign):
    run = " ".join(NUMBERS[:RUN_WORDS])
    assert shares(run, run.replace("rd", f"r{sign}d"))
    assert words_key(run) == words_key(run.replace("rd", f"r{sign}d"))


@pytest.mark.parametrize("count", range(1, RUN_WORDS))
def test_a_whole_shorter_sentence_is_shared_from_five_words_on(count):
    these, those = f"One thing. {sentence(count)}", f"{sentence(count)} Another, quite other thing."
    assert shares(these, those) == (count >= MIN_SENTENCE_WORDS)


def test_a_part_of_a_sentence_is_no_whole_shorter_sentence():
    assert not shares(sentence(12), sentence(11) + " And more.")
    assert not shares(sentence(8), sentence(12))


@pytest.mark.parametrize(
    "spelt",
    [
        "“WORD0” word1, word2 – word3; word4: word5 (word6) word7! word8 word9\nword10 word11 word12",
        "word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 ｗｏｒｄ１２",
    ],
)
def test_case_punctuation_line_breaks_and_unicode_forms_hide_nothing(spelt):
    assert shares(spelt, " ".join(NUMBERS[:RUN_WORDS]))


def test_letters_are_words_where_a_script_has_no_spaces():
    assert shares("他说:春眠不觉晓处处闻啼鸟夜来风雨声花落。", "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少")
    assert not shares("春眠不觉晓", "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少")


def test_the_words_that_are_shared_are_given_in_their_order():
    long, short = " ".join(NUMBERS[:20]), sentence(6, start=30)
    assert shared_words(["Nothing here.", long], grams([" ".join(NUMBERS[3:20])])) == " ".join(NUMBERS[3:16])
    assert shared_words([short], grams([short])) == " ".join(NUMBERS[30:36])


@pytest.mark.parametrize("text", ["", " ", "...", "One.", "\x00", "🙂"])
def test_a_text_of_next_to_nothing_has_no_grams_and_shares_none(text):
    assert len(grams([text])) == 0
    assert shared_words([text], grams([sentence(20)])) is None
    assert shared_words([sentence(20)], grams([text])) is None


def test_the_key_of_all_words_tells_apart_what_says_something_else():
    assert words_key("It works, “mostly”.") == words_key("IT WORKS - mostly")
    assert words_key("It works.") != words_key("It works not.") != words_key("Not it works.")


@given(st.lists(st.sampled_from("abcdef"), max_size=40), st.lists(st.sampled_from("abcdef"), max_size=40))
def test_two_texts_share_a_gram_exactly_where_they_share_thirteen_words(these, those):
    def runs(found):
        return {tuple(found[start : start + RUN_WORDS]) for start in range(len(found) - RUN_WORDS + 1)}

    # One endless sentence each, of other words at its ends, so that no whole sentence is shared.
    this, that = ["x", *these, *"x" * RUN_WORDS], ["y", *those, *"y" * RUN_WORDS]
    assert shares(" ".join(this), " ".join(that)) == bool(runs(this) & runs(that))


@given(st.sets(st.integers(0, 30)), st.lists(st.integers(0, 30)))
def test_what_is_looked_up_is_found_exactly_where_it_is(known, wanted):
    known = np.array(sorted(known), np.uint64)
    held, places = look_up(np.array(wanted, np.uint64), known)
    assert held.tolist() == [one in known.tolist() for one in wanted]
    assert known[places[held]].tolist() == [one for one in wanted if one in known.tolist()]
