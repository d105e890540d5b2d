"""Enough tokens for a text of any script, and no more than before for those of Latin letters."""

from __future__ import annotations

import pytest

from ownvoice.pairs.token_bound import tokens_at_most

# Tokens of these texts, the most of the tokenizers of Mistral 7B, Mistral NeMo and Qwen.
MEASURED = {
    "I moved the backups on a Tuesday because nobody asks for a file on a Tuesday.": 18,
    "Я перенёс резервные копии во вторник, потому что во вторник никто не просит файлов.": 36,
    "Μετέφερα τα αντίγραφα ασφαλείας μια Τρίτη, γιατί κανείς δεν ζητάει αρχεία την Τρίτη.": 85,
    "मैंने मंगलवार को बैकअप बदले क्योंकि मंगलवार को कोई फ़ाइल नहीं माँगता।": 72,
    "我在星期二搬了备份,因为星期二没有人要文件。": 25,
    "화요일에 백업을 옮겼다. 화요일에는 아무도 파일을 찾지 않기 때문이다.": 44,
    "Tôi chuyển các bản sao lưu vào thứ Ba vì không ai hỏi tệp vào thứ Ba. Ổ đĩa cũ vẫn quay, ổ mới im lặng.": 72,
    "ຂ້ອຍຍ້າຍຂໍ້ມູນສຳຮອງໃນວັນອັງຄານ": 90,
}
TO_SPARE = 32


@pytest.mark.parametrize("text", MEASURED)
def test_a_text_has_the_tokens_that_it_was_measured_to_take(text):
    assert MEASURED[text] <= tokens_at_most(text) + TO_SPARE
    assert tokens_at_most(text) <= 3 * MEASURED[text]


def test_text_of_latin_letters_and_its_punctuation_takes_half_a_token_a_character():
    text = "It’s “déjà vu” – čau, naïve façade…"
    assert tokens_at_most(text) == len(text) // 2


@pytest.mark.parametrize("text", ["", "ab", "😀", "ኣ", "字", "x字😀", "\U0010ffff"])
def test_no_text_is_given_more_tokens_than_it_has_bytes(text):
    assert tokens_at_most(text) <= len(text.encode())


def test_a_longer_text_never_has_fewer():
    text = "".join(MEASURED)
    bounds = [tokens_at_most(text[:end]) for end in range(len(text))]
    assert bounds == sorted(bounds)
