"""What texts look like."""

from __future__ import annotations

import pytest

from ownvoice.style.description import describe


def test_rates_are_per_100_words():
    found = describe(["It’s late, and I don't mind — do you?", "The author's cat: fine!"])
    assert (found.texts, found.words, found.median_words) == (2, 12, 6)
    assert found.words_per_sentence == 6
    assert found.contractions_per_100_words == pytest.approx(100 * 2 / 12)
    marks = {name: round(rate * 12 / 100) for name, rate in found.marks_per_100_words.items() if rate}
    assert marks == {"commas": 1, "dashes": 1, "question marks": 1, "exclamation marks": 1, "colons": 1}


def test_contractions_are_counted_in_english_alone():
    assert describe(["Qu'est-ce que c'est?"], "fr").contractions_per_100_words is None
    assert describe(["I'm here"], "en-GB").contractions_per_100_words == 50


def test_the_marks_of_other_scripts_are_counted():
    found = describe(["你好，世界！《书》"], "zh")
    assert found.marks_per_100_words["commas"] == found.marks_per_100_words["exclamation marks"] == 20


def test_without_a_word_there_are_no_rates():
    assert describe(["😀", ""]).words == 0
    assert describe([]).marks_per_100_words is None
