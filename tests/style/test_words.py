"""Words as they are measured, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.style.words import FUNCTION_WORDS, function_words, words


def test_there_are_170_function_words_of_english_each_once():
    assert len(set(FUNCTION_WORDS)) == len(FUNCTION_WORDS) == 170
    assert all(words(word) == [word] for word in FUNCTION_WORDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t I?", ["don't", "i"]),
        ("𝗛𝗲𝗹𝗹𝗼 𝘄𝗼𝗿𝗹𝗱, ﬁne", ["hello", "world", "fine"]),
        ("zero\u200bwidth soft\u00adhyphen", ["zerowidth", "softhyphen"]),
        ("cafe\u0301 = café", ["café", "café"]),
        ("版本 2 好。", ["版", "本", "好"]),
        ("カメラを見た", ["カ", "メ", "ラ", "を", "見", "た"]),
        ("مرحبا بالعالم، كيف؟", ["مرحبا", "بالعالم", "كيف"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("1,000 😀 — …", []),
        ("", []),
    ],
)
def test_words_are_folded_and_each_letter_is_one_where_scripts_have_no_spaces(text, expected):
    assert words(text) == expected


def test_the_function_words_of_english_are_the_same_for_every_author():
    assert (
        function_words("en", [])
        == function_words("en-GB", ["Bonjour"])
        == function_words("EN_us", [])
        == FUNCTION_WORDS
    )


def test_in_another_language_they_are_the_authors_own_most_frequent_words():
    assert function_words("de", ["Der Hund und der Mond", "und der Tag"])[:2] == ("der", "und")
    assert function_words("zh", ["我的书，我的"])[:2] == ("我", "的")
    assert len(function_words("fr", [" ".join(f"mot{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(500))])) == 170
    assert function_words("fr", ["", "😀"]) == ()


@given(st.lists(st.text()))
def test_the_order_of_an_authors_texts_changes_no_function_word(texts):
    assert function_words("xx", texts) == function_words("xx", texts[::-1])
