"""Topics: the same in any order, of any number of texts, with a word on how far they wobble."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.exploration.topics import NO_TOPIC, find_topics, topic_count
from stand_ins.topic_lake import MATTERS, text_on

TEXTS = [text_on(matter, number) for number in range(8) for matter in MATTERS]


def sorted_by(found, texts):
    """Return for each text the place of the first one of its topic, which no name of a topic changes."""
    labels = list(found.labels_of(found.rows_of(texts)))
    return [labels.index(label) for label in labels]


def test_texts_of_one_matter_share_a_topic_whose_terms_are_words_of_the_matter():
    found = find_topics(TEXTS)
    assert sorted_by(found, TEXTS) == [place % len(MATTERS) for place in range(len(TEXTS))]
    told = {frozenset(words) for words in found.terms}
    assert any(words <= frozenset(MATTERS["bread"]) for words in told)
    assert any(all(set(word) <= {*MATTERS["茶"]} for word in words) for words in told)
    assert found.stability.mean > 0.9, "matters that share no word do not wobble"


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_texts_moves_no_text_into_another_topic(draw):
    moved = draw.sample(TEXTS, len(TEXTS))
    assert sorted_by(find_topics(moved), TEXTS) == sorted_by(find_topics(TEXTS), TEXTS)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_a_few_texts_have_topics_too(count):
    found = find_topics(TEXTS[:count])
    assert 1 <= len(found.terms) <= topic_count(count)
    assert set(found.labels_of(found.rows_of(TEXTS[:count]))) == set(range(len(found.terms)))
    assert found.stability is None


def test_a_text_without_words_is_in_no_topic_and_takes_none_from_others():
    texts = ["", TEXTS[0], "12 !?"]
    found = find_topics(texts)
    assert list(found.labels_of(found.rows_of(texts))) == [NO_TOPIC, 0, NO_TOPIC]


@pytest.mark.parametrize("texts", [[], [""], ["", "12"]])
def test_without_a_word_there_is_no_topic(texts):
    found = find_topics(texts)
    assert found.terms == ()
    assert list(found.labels_of(found.rows_of(texts))) == [NO_TOPIC] * len(texts)


def test_copies_of_one_text_are_one_topic():
    found = find_topics([TEXTS[0]] * 25)
    assert len(found.terms) == 1


def test_texts_that_share_all_their_words_leave_their_terms_standing():
    words = MATTERS["bread"]
    found = find_topics([" ".join(random.Random(seed).sample(words, len(words))) for seed in range(30)])
    assert found.terms[0]


def test_texts_that_topics_were_not_found_on_are_given_to_them():
    assert sorted_by(find_topics(TEXTS[:28]), TEXTS) == sorted_by(find_topics(TEXTS), TEXTS)


def test_words_that_all_of_a_few_texts_have_are_no_terms_in_any_language():
    found = find_topics([f"der die und {' '.join(MATTERS['bread'][place : place + 3])}" for place in (0, 3, 6)])
    assert not {"der", "die", "und"} & {word for words in found.terms for word in words}


@pytest.mark.parametrize(("texts", "topics"), [(1, 1), (8, 2), (76, 6), (800, 20), (100_000, 20)])
def test_the_number_of_topics_grows_with_the_root_of_the_texts(texts, topics):
    assert topic_count(texts) == topics
