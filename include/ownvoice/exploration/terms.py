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
_MIN_LETTERS = 2


def terms(text: str) -> list[str]:
    """Return the terms of `text`, folded; a term that comes twice is there twice. Numbers and marks are none."""
    whole = folded(text)
    return [*_spaced(_UNSPACED_RUN.sub(" ", whole)), *_unspaced(whole)]


def _spaced(text: str) -> Iterator[str]:
    for word in WORD.findall(text):
        if len(word) >= _MIN_LETTERS and word not in _IGNORED:
            yield word.removesuffix("'s")


def _unspaced(text: str) -> Iterator[str]:
    for run in _UNSPACED_RUN.findall(text):
        letters = _UNSPACED_LETTER.findall(run)
        yield from ("".join(pair) for pair in pairwise(letters)) if len(letters) > 1 else letters
