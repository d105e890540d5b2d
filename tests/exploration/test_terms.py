"""Terms: words without function words, and neighbouring letters where no space stands between words."""

from __future__ import annotations

import pytest

from ownvoice.exploration.terms import terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The bread and the Oven's heat, 12 times", ["bread", "oven", "heat", "times"]),
        ("don’t we all", []),
        ("there's, I'd, they've, you'll, couldn't, he's", []),
        ("l'homme d'abord, Re Lear", ["homme", "abord", "re", "lear"]),
        ("Straße und Ärger", ["strasse", "und", "ärger"]),
        ("Привет мир", ["привет", "мир"]),
        ("綠茶好", ["綠茶", "茶好"]),
        ("茶", ["茶"]),
        ("green 綠茶 tea", ["green", "tea", "綠茶"]),
        ("ภาษา", ["ภา", "าษ", "ษา"]),
        ("１２３ !? 🙂", []),
        ("", []),
    ],
)
def test_terms_are_what_a_text_is_about_in_any_script(text, found):
    assert terms(text) == found


def test_a_bold_letter_is_the_letter_that_it_shows():
    assert terms("𝗯𝗿𝗲𝗮𝗱") == terms("bread")
