"""The terms of a text that say what it is about: words without the function words, in any script. Pure.

Scripts that put no space between words give pairs of neighbouring letters, as search engines index them (Lunde, "CJKV
Information Processing", 2009, chapter 9): no dictionary is needed, and most words of Chinese are that long.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from ownvoice.articles.near_duplicates.shingles import UNSPACED
from ownvoice.style.words import FUNCTION_WORDS, WORD, folded

_UNSPACED_RUN = regex.compile(rf"(?:[{UNSPACED}](?<=\p{{L}})\p{{M}}*)+")
_UNSPACED_LETTER = regex.compile(rf"[{UNSPACED}]\p{{M}}*")
_IGNORED = frozenset(FUNCTION_WORDS)
_ENDINGS = frozenset({"ll", "ve", "re"})  # of English contractions; the others are one letter long
_MIN_LETTERS = 2


def terms(text: str) -> list[str]:
    """Return the terms of `text`, folded; a term that comes twice is there twice. Numbers and marks are none."""
    whole = folded(text)
    return [*_spaced(_UNSPACED_RUN.sub(" ", whole)), *_unspaced(whole)]


def _spaced(text: str) -> Iterator[str]:
    """Yield words, and of a contraction (`there's`, `couldn't`, `l'homme`) the parts that are words of content."""
    for word in WORD.findall(text):
        if word in _IGNORED:
            continue
        first, *rest = word.removesuffix("n't").split("'")
        for part in (first, *(one for one in rest if one not in _ENDINGS)):
            if len(part) >= _MIN_LETTERS and part not in _IGNORED:
                yield part


def _unspaced(text: str) -> Iterator[str]:
    for run in _UNSPACED_RUN.findall(text):
        letters = _UNSPACED_LETTER.findall(run)
        yield from ("".join(pair) for pair in pairwise(letters)) if len(letters) > 1 else letters
