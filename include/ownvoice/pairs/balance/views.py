"""The shortcuts as classifiers: each view of a version says how well it tells chosen from rejected, and by which pairs.

Length is seen three ways: by characters alone, by a classifier on characters and words that sees their spread too, and
within each pair, which is what DPO compares. Punctuation is seen by the marks of a text, and with the mark that it
begins and ends with besides. A classifier is judged on articles that it was not fitted on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ownvoice.pairs.balance.texts import NO_MARK, Names, Texts
from ownvoice.pairs.cues import MAX_PAIRS
from ownvoice.style.folds import article_folds

Floats = npt.NDArray[np.float64]

_SAME_LENGTH = np.log(1.1)
"""Answers of a pair whose lengths differ by less than a tenth teach no length."""

_USUAL_LOG_CHARS, _USUAL_LOG_WORDS = 5.5, 3.7  # 245 characters, 40 words: features near 0 are fitted well


class Seen(NamedTuple):
    """What a view makes of some pairs.

    `value` is how well it tells them apart: an AUC or a share of pairs, 0.5 for a coin and 1.0 for certainty. That of a
    classifier may lie below 0.5, where what it learnt from some articles is wrong of the others: nothing carries over.
    `scores` has a row a pair, the chosen answer's score and the rejected one's. `terms` gives each pair's part in how
    well scores tell: their mean is that number, so that it falls most where the pairs with the largest are left out.
    """

    value: float
    scores: Floats
    terms: Callable[[Floats], Floats]


Look = Callable[[Texts, Names], Seen]
"""Asked with the texts of some pairs and the articles of as many of them as a classifier is fitted on."""


class View(NamedTuple):
    """One way to see a cue."""

    cue: str
    look: Look


def across(scores: Floats) -> Floats:
    """Return each pair's part in the AUC: the probability that a chosen answer scores above any rejected one.

    A pair's part is how many rejected answers its chosen one beats, and how many chosen answers beat its rejected one.
    """
    chosen, rejected = scores.T
    beaten, unbeaten = _rank(chosen, rejected), _rank(rejected, chosen)
    return (beaten + 1 - unbeaten) / 2


def within(scores: Floats) -> Floats:
    """Return for each pair 1 where its chosen answer is longer by a tenth, 0 where shorter, else 0.5; log lengths."""
    differences = scores[:, 0] - scores[:, 1]
    return 0.5 + 0.5 * np.sign(np.where(np.abs(differences) < _SAME_LENGTH, 0.0, differences))


def _rank(values: Floats, among: Floats) -> Floats:
    """Return for each value the share of `among` that is smaller; an equal one counts half."""
    ordered = np.sort(among)
    places = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    return np.asarray(places / (2 * len(among)), np.float64)


def _by_length(terms: Callable[[Floats], Floats]) -> Look:
    """Look at the number of characters, whichever side is the longer one."""

    def look(texts: Texts, articles: Names) -> Seen:
        scores = np.log1p(texts.chars).reshape(-1, 2)
        value = float(terms(scores).mean())
        return Seen(value, scores, terms) if value >= 0.5 else Seen(1 - value, -scores, terms)

    return look


def _by_classifier(features: Callable[[Texts], Floats], strength: float) -> Look:
    """Look with logistic regression: fitted on the first pairs, judged on articles unseen; it scores all pairs.

    `strength` is the inverse of its regularisation. The scores by which pairs are left out come from one fit on all
    articles: by those out of fold, pairs would be kept whose articles contradict each other, so that folds see nothing
    where another classifier still does.
    """

    def look(texts: Texts, articles: Names) -> Seen:
        fitted = min(MAX_PAIRS, texts.pairs)
        seen = features(texts.of_pairs(np.arange(fitted)))
        labels = np.tile([1, 0], fitted)
        folds = np.repeat(article_folds(list(articles[:fitted])), 2)
        unseen = np.zeros(2 * fitted)
        for fold in np.unique(folds):
            trained = _new_model(strength).fit(seen[folds != fold], labels[folds != fold])
            unseen[folds == fold] = trained.decision_function(seen[folds == fold])
        trained = _new_model(strength).fit(seen, labels)
        scores = np.concatenate([trained.decision_function(features(part)) for part in _parts(texts)])
        return Seen(float(across(unseen.reshape(-1, 2)).mean()), scores.reshape(-1, 2), across)

    return look


def _parts(texts: Texts) -> list[Texts]:
    """Cut texts into parts whose features fit into memory."""
    bounds = range(MAX_PAIRS, texts.pairs, MAX_PAIRS)
    return [texts.of_pairs(places) for places in np.split(np.arange(texts.pairs), list(bounds))]


def _lengths(texts: Texts) -> Floats:
    """Return log lengths from about the middle on, and their products: a side of one length differs in spread alone."""
    chars, words = np.log1p(texts.chars) - _USUAL_LOG_CHARS, np.log1p(texts.words) - _USUAL_LOG_WORDS
    return np.stack([chars, words, chars**2, words**2, chars * words], axis=1)


def _marks(texts: Texts) -> Floats:
    """Return the share of each mark, so that it says nothing of length; a text without marks has none."""
    counts = texts.marks.astype(np.float64)
    norms = np.linalg.norm(counts, axis=1, keepdims=True)
    return counts / np.where(norms == 0, 1, norms)


def _marks_and_ends(texts: Texts) -> Floats:
    places = np.eye(NO_MARK + 1)
    return np.hstack([_marks(texts), places[texts.first], places[texts.last]])


def _new_model(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, solver="liblinear", random_state=0)


VIEWS = (
    View("length", _by_length(across)),
    View("length", _by_length(within)),
    View("length", _by_classifier(_lengths, 100.0)),
    View("punctuation", _by_classifier(_marks, 1.0)),
    View("punctuation", _by_classifier(_marks_and_ends, 1.0)),
)
CUES = tuple(dict.fromkeys(view.cue for view in VIEWS))
