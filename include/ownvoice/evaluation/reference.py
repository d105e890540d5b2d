"""What answers are measured against: passages of the author's articles, as long as an answer. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from ownvoice.evaluation.author_texts import AuthorTexts
from ownvoice.evaluation.passages import passages_of
from ownvoice.evaluation.style_report import Copying
from ownvoice.style.bootstrap import Floats
from ownvoice.style.copying import Copied, CopyIndex, copying_share
from ownvoice.style.distances import word_counts
from ownvoice.style.words import function_words, words

_MIN_WORDS, _MAX_WORDS = 20, 250
_MAX_PASSAGES = 1000


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of an author's article."""

    article_id: str
    text: str


class Reference:
    """An author's passages on both sides of the split, each about as long as the median of `like`."""

    def __init__(self, texts: AuthorTexts, like: Sequence[str]) -> None:
        self.texts = texts
        length = min(max(_median_words(like), _MIN_WORDS), _MAX_WORDS)
        self.training, self.held_out = (_cut(side, length) for side in (texts.training, texts.held_out))
        self.function_words = function_words(texts.language, texts.training.values())
        self.copies = CopyIndex(texts.all.items())

    @cached_property
    def training_counts(self) -> Floats:
        """The counts of function words in the training passages."""
        return word_counts([one.text for one in self.training], self.function_words)

    @cached_property
    def held_out_counts(self) -> Floats:
        """The counts of function words in the held-out passages."""
        return word_counts([one.text for one in self.held_out], self.function_words)

    @cached_property
    def copying_floor(self) -> Copying | None:
        """How much of the author's passages stands in others of the articles; None without a passage."""
        own = self.copies.own((one.article_id, one.text) for one in (*self.training, *self.held_out))
        return copying(own)


def copying(found: Sequence[Copied]) -> Copying | None:
    """Return the copying of several texts; None where there is none."""
    share = copying_share(found)
    return (
        None if share is None else Copying(share=share, longest_run_words=max(one.longest_run_words for one in found))
    )


def _median_words(texts: Sequence[str]) -> int:
    return round(median(len(words(text)) for text in texts)) if texts else 0


def _cut(articles: Mapping[str, str], length: int) -> list[Passage]:
    """Cut articles into passages; of many, take those with the lowest hashes, so that all articles have their share."""
    found = [Passage(name, part) for name, text in articles.items() for part in passages_of(text, length)]
    return sorted(found, key=lambda one: hashlib.sha256(one.text.encode()).digest())[:_MAX_PASSAGES]
