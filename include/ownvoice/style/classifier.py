"""The classifier of a voice: character 2-4-grams of distorted text, logistic regression. Pure.

It sees how a text is put together and not what it is about, and gives one number an answer, so that two models can be
compared by a mean over answers: of all measures the one that detects the smallest difference (decision 0044).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ownvoice.style.bootstrap import Floats
from ownvoice.style.distort import distorted
from ownvoice.style.words import words

MIN_TEXTS = 10
"""Texts with a word that a side must have, for a classifier to be made."""


@dataclass(frozen=True, slots=True)
class VoiceClassifier:
    """Tells an author's passages from other texts."""

    kept: frozenset[str]
    model: Any

    @classmethod
    def fit(
        cls, author_texts: Sequence[str], other_texts: Sequence[str], kept: Collection[str]
    ) -> VoiceClassifier | None:
        """Learn from texts of about one length; `kept` are the function words that distortion leaves.

        None where a side has fewer than ten texts with a word: nothing can be judged then.
        """
        author, other = ([text for text in texts if words(text)] for texts in (author_texts, other_texts))
        if min(len(author), len(other)) < MIN_TEXTS:
            return None
        held = frozenset(kept)
        texts = [_read(text, held) for text in (*author, *other)]
        return cls(held, _new_model().fit(texts, [True] * len(author) + [False] * len(other)))

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return how much each text is the author's, 0 to 1; a text without a word is nobody's and has 0."""
        if not len(texts):
            return np.empty(0)
        read = [_read(text, self.kept) for text in texts]
        found: Floats = self.model.predict_proba(read)[:, 1]
        return np.where([bool(words(text)) for text in texts], found, 0.0)


def _read(text: str, kept: frozenset[str]) -> str:
    """Return what the classifier reads: with edges, so that the shortest text has a gram."""
    return f" {distorted(text, kept)} "


def _new_model() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    grams = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True, lowercase=False)
    return make_pipeline(grams, LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000))
