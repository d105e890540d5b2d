from __future__ import annotations

import pytest

from ownvoice.pairs.language import language_of

TEXTS = {
    "en": "The model is small, and it does not need a GPU: you can run it on the laptop that you have at home.",
    "de": "Das Modell ist klein und braucht keine Grafikkarte: Man kann es auf dem Rechner zu Hause laufen lassen.",
    "fr": "Le modèle est petit et il ne demande pas de carte graphique : on peut le lancer à la maison.",
    "es": "El modelo es pequeño y no necesita una tarjeta gráfica: se puede ejecutar en el ordenador que hay en casa.",
}
OTHERS = {
    "it": "Il modello è piccolo e non ha bisogno di una scheda grafica: si può eseguire sul computer di casa.",
    "pt": "O modelo é pequeno e não precisa de uma placa gráfica: ele pode ser executado no computador que há em casa.",
    "nl": "Het model is klein en heeft geen grafische kaart nodig: je kunt het op je computer laten draaien.",
    "ja": "このモデルは小さいので、グラフィックボードは必要ありません。家にあるパソコンで動かすことができます。",
    "code": "import numpy as np import pandas as pd df = pd.read_csv(path) model.fit(x, y) print(score) return None",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_language_is_told_by_its_function_words(language, text):
    assert language_of(text) == language


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_languages_and_code_are_none_of_them(text):
    assert language_of(text) is None


def test_a_text_of_a_few_words_is_not_judged():
    assert language_of("The model is small.") is None
