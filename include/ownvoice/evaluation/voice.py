"""The one number: how probably the author wrote an answer. Pure.

The classifier learns the author's training passages against the base's answers. Answers to the prompts of an article
are scored by one that has not seen the base's answers to them, so that base and trained model have the same judge.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from ownvoice.evaluation.held_out import HeldOutPair
from ownvoice.style.classifier import VoiceClassifier
from ownvoice.style.folds import article_folds

Answers = Mapping[str, str]
"""Texts by the id of the pair whose prompt they answer."""


def voice_scores(
    pairs: Sequence[HeldOutPair],
    passages: Sequence[str],
    subjects: Mapping[str, Answers],
    base: str,
    kept: Collection[str],
) -> dict[str, dict[str, float]] | None:
    """Return the score, 0 to 1, of each answer by subject and pair id.

    `passages` are the author's, of training articles; `kept` are the function words that the classifier sees. None
    where it has too little to learn from.
    """
    folds = article_folds([pair.article_id for pair in pairs])
    found: dict[str, dict[str, float]] = {name: {} for name in subjects}
    for fold in np.unique(folds):
        inside = [pair.pair_id for pair, place in zip(pairs, folds, strict=True) if place == fold]
        unseen = [text for pair_id, text in subjects[base].items() if pair_id not in set(inside)]
        classifier = VoiceClassifier.fit(passages, unseen, kept)
        if classifier is None:
            return None
        for name, answers in subjects.items():
            asked = [pair_id for pair_id in inside if pair_id in answers]
            scores = classifier.scores([answers[pair_id] for pair_id in asked])
            found[name] |= dict(zip(asked, map(float, scores), strict=True))
    return found
