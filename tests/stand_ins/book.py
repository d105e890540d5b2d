"""The book's articles by their two authors, cut into passages of equal length, and a classifier's scores of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import regex

from ownvoice.chunks import clean
from ownvoice.style.bootstrap import Floats
from ownvoice.style.classifier import VoiceClassifier
from ownvoice.style.folds import article_folds
from ownvoice.style.words import FUNCTION_WORDS
from stand_ins.places import BOOK

_WORD = regex.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Passages:
    """Texts of one author, and the article of each."""

    texts: tuple[str, ...]
    article_ids: tuple[str, ...]

    def where(self, taken: Sequence[bool] | np.ndarray) -> Passages:
        """Return those of them that are taken."""
        rows = np.flatnonzero(taken)
        return Passages(tuple(self.texts[row] for row in rows), tuple(self.article_ids[row] for row in rows))


Articles = dict[str, str]


def authors() -> tuple[Articles, Articles]:
    """Return the cleaned texts by article id of the author with the most articles, and of the other."""
    documents = json.loads((BOOK / "raw_documents.json").read_text(encoding="utf-8"))["artifact_data"]
    names = [name for name, _ in Counter(one["author_full_name"] for one in documents).most_common()]
    texts: dict[str, Articles] = {name: {} for name in names}
    for one in documents:
        texts[one["author_full_name"]][one["id"]] = clean(one["content"]["Content"], "faithful").text
    first, second = (texts[name] for name in names)
    return first, second


def passages(articles: Articles, length: int) -> Passages:
    """Cut articles into passages of `length` words; a shorter rest is left out."""
    found = [(article, text) for article, whole in articles.items() for text in _cut(whole, length)]
    return Passages(tuple(text for _, text in found), tuple(article for article, _ in found))


def unseen_scores(
    author: Passages, other: Passages, folds: int = 5, kept: Collection[str] = FUNCTION_WORDS
) -> tuple[Floats, Floats]:
    """Return the scores of both sides, each passage by a classifier that has seen no passage of its article."""
    fold = article_folds([*author.article_ids, *other.article_ids], folds)
    mine, theirs = fold[: len(author.texts)], fold[len(author.texts) :]
    scores, other_scores = np.zeros(len(mine)), np.zeros(len(theirs))
    for number in range(folds):
        unseen = author.where(mine != number).texts, other.where(theirs != number).texts
        classifier = VoiceClassifier.fit(*unseen, kept)
        assert classifier is not None
        scores[mine == number] = classifier.scores(author.where(mine == number).texts)
        other_scores[theirs == number] = classifier.scores(other.where(theirs == number).texts)
    return scores, other_scores


def _cut(text: str, length: int) -> list[str]:
    found = [word.span() for word in _WORD.finditer(text)]
    return [text[found[at][0] : found[at + length - 1][1]] for at in range(0, len(found) - length + 1, length)]
