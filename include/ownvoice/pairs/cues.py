"""Audits of cheap cues: whether length, punctuation or single words alone tell chosen from rejected.

Each gives an AUC: the probability that a chosen answer scores above a rejected one (Hanley and McNeil, 1982); 0.5 is a
coin, 1.0 is told apart at sight. Where it is near 1, DPO can lower its loss by the cue and learn nothing else; the
chapter reads an accuracy that reaches 100 % quickly in the same way. A style is told in part by its words, so that
words may tell much before they warn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ownvoice.pairs.audits import Audit, Rows, audit
from ownvoice.style.log_odds import over_used

MIN_PAIRS, MIN_ARTICLES = 50, 5  # under these the error of an AUC is as large as what it would say
MAX_PAIRS = 2000  # with so many it is 0.01
_FOLDS = 5
_NAMED_WORDS, _WORDS_IN_A_SENTENCE = 10, 6
_FEATURES = 2**14


def can_judge(pairs: Rows) -> bool:
    """Whether there are pairs and articles enough for an AUC to mean something."""
    return len(pairs) >= MIN_PAIRS and len({row["article_id"] for row in pairs}) >= MIN_ARTICLES


def told_apart_by_length(pairs: Rows, threshold: float = 0.8) -> Audit:
    """Ask whether the number of characters tells chosen from rejected."""
    if not can_judge(pairs):
        return _too_few("length", pairs, threshold)
    from sklearn.metrics import roc_auc_score

    pairs = pairs[:MAX_PAIRS]
    auc = roc_auc_score(_labels(pairs), [len(row[side]) for row in pairs for side in ("chosen", "rejected")])
    side = "longer" if auc > 0.5 else "shorter"
    advice = f"Chosen answers are the {side} ones: ask for answers as long as the quote, or move min_chosen_chars."
    return _audit("length", pairs, max(auc, 1 - auc), threshold, advice)


def told_apart_by_punctuation(pairs: Rows, threshold: float = 0.9) -> Audit:
    """Ask whether marks that are neither letter, digit nor space tell chosen from rejected."""
    advice = "Quotes, dashes or list marks give the model away: ask for plain prose in the author's typography."
    return _classified("punctuation", pairs, r"[^\w\s]", threshold, advice)


def told_apart_by_words(pairs: Rows, threshold: float = 0.95) -> Audit:
    """Ask whether the words, without their order, tell chosen from rejected, and name those that do, with counts."""
    advice = "Stock phrases or another language are enough: read a few pairs, and ask for the article's vocabulary."
    found = _classified("words", pairs, r"\w+", threshold, advice)
    if found.value is None:
        return found
    texts = {side: [row[side] for row in pairs[:MAX_PAIRS]] for side in ("rejected", "chosen")}
    words = {
        side: [
            {"word": one.word, side: one.count, other: one.author_count}
            for one in over_used(texts[side], texts[other], most=_NAMED_WORDS)
        ]
        for side, other in (("rejected", "chosen"), ("chosen", "rejected"))
    }
    named = "".join(f" {_named(side, listed)}" for side, listed in words.items() if listed)
    return replace(found, numbers=found.numbers | {"words": words}, sentence=found.sentence + named)


def _named(side: str, listed: list[dict[str, Any]]) -> str:
    """Say which words a side over-uses, each with how often it is in the rejected and in the chosen answers."""
    words = ", ".join(f"“{one['word']}” {one['rejected']:,}:{one['chosen']:,}" for one in listed[:_WORDS_IN_A_SENTENCE])
    return f"{side.capitalize()} answers over-use {words} (rejected:chosen)."


def _classified(cue: str, pairs: Rows, token: str, threshold: float, advice: str) -> Audit:
    if not can_judge(pairs):
        return _too_few(cue, pairs, threshold)
    pairs = pairs[:MAX_PAIRS]
    return _audit(cue, pairs, _cross_validated_auc(pairs, token), threshold, advice)


def _cross_validated_auc(pairs: Rows, token: str) -> float:
    """Fit logistic regression on token counts; score each article by a fit that has not seen it."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict

    texts = [row[side] for row in pairs for side in ("chosen", "rejected")]
    articles = [row["article_id"] for row in pairs for _side in ("chosen", "rejected")]
    counts = HashingVectorizer(token_pattern=token, n_features=_FEATURES, alternate_sign=False).transform(texts)
    labels = _labels(pairs)
    scores = cross_val_predict(
        LogisticRegression(solver="liblinear", random_state=0),
        counts,
        labels,
        groups=articles,
        cv=GroupKFold(_FOLDS),
        method="decision_function",
    )
    return float(roc_auc_score(labels, scores))


def _labels(pairs: Rows) -> list[int]:
    return [1, 0] * len(pairs)


def _audit(cue: str, pairs: Rows, auc: float, threshold: float, advice: str) -> Audit:
    numbers = {"auc": round(float(auc), 4), "pairs": len(pairs)}
    sentence = f"AUC {auc:.2f} (0.5 a coin, 1.0 certain)."
    return audit(f"told_apart_by_{cue}", numbers, threshold, auc, sentence, worries=auc > threshold, advice=advice)


def _too_few(cue: str, pairs: Rows, threshold: float) -> Audit:
    numbers: dict[str, Any] = {"auc": None, "pairs": len(pairs)}
    sentence = f"Not judged: it takes {MIN_PAIRS} pairs of {MIN_ARTICLES} articles."
    return audit(f"told_apart_by_{cue}", numbers, threshold, None, sentence, worries=False, advice="")
