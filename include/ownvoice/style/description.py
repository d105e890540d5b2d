"""What texts look like: lengths, contractions, punctuation. Pure.

It describes and gates nothing: apart from punctuation none of it tells two writers apart at the size of an answer
(AUC .39 to .74 at 50 words on the book's two authors).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import regex

from ownvoice.chunks.sentences import sentences
from ownvoice.style.words import ENGLISH, folded, is_english, words

_MARKS = {
    "commas": r",|،|、|，",
    "semicolons": r";|؛|；",
    "colons": r":|：",
    "dashes": r"[–—―]|(?<=\s)--?(?=\s)",
    "brackets": r"[(（]",
    "exclamation marks": r"[!！]",
    "question marks": r"[?？؟]",
    "quotation marks": r'["«»「」]',
    "emoji": r"\p{Extended_Pictographic}",
}
_MARK = {name: regex.compile(pattern) for name, pattern in _MARKS.items()}
_CONTRACTION = regex.compile(
    r".+n't|.+'(?:re|ve|ll|m|d)|(?:it|that|there|here|what|who|how|where|he|she|let|everything|something|nothing)'s"
)


@dataclass(frozen=True, slots=True)
class Description:
    """Numbers of some texts; a rate is per 100 words. None where there is no word, contractions but in English."""

    texts: int
    words: int
    median_words: float | None
    median_chars: float | None
    words_per_sentence: float | None
    contractions_per_100_words: float | None
    marks_per_100_words: dict[str, float] | None


def describe(texts: Sequence[str], language: str = ENGLISH) -> Description:
    """Return the numbers of `texts`, all together; `language` is an ISO 639 code."""
    spoken = [words(text) for text in texts]
    total = sum(map(len, spoken))
    if not total:
        return Description(len(texts), 0, None, None, None, None, None)
    contracted = sum(bool(_CONTRACTION.fullmatch(word)) for one in spoken for word in one)
    text = "\n\n".join(map(folded, texts))
    return Description(
        texts=len(texts),
        words=total,
        median_words=median(map(len, spoken)),
        median_chars=median(map(len, texts)),
        words_per_sentence=total / max(1, sum(len(sentences(text)) for text in texts)),
        contractions_per_100_words=100 * contracted / total if is_english(language) else None,
        marks_per_100_words={name: 100 * len(mark.findall(text)) / total for name, mark in _MARK.items()},
    )
