"""Shingles: runs of five words, whose overlap says how much two texts have in common. Pure.

Five words as in the deduplication of OpenWebText (Gokaslan and Cohen, 2019: sets of 5-grams, Jaccard above 0.5). Words
are compared in one Unicode form and without case. In scripts without spaces between words each letter counts as a word.
"""

from __future__ import annotations

import re
import unicodedata

_SHINGLE_WORDS = 5
# Thai, Lao, Tibetan, Myanmar, Khmer, kana, and the Chinese characters with their extensions.
UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{UNSPACED}](?<=\w)|(?:(?![{UNSPACED}])\w)+")


def words(text: str) -> list[str]:
    """Return the words of `text` in order, in NFKC and case-folded, without punctuation."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def shingles(text: str) -> frozenset[str]:
    """Return each run of five words once; for a shorter text all its words, for one without words the text itself."""
    found = words(text)
    if len(found) < _SHINGLE_WORDS:
        return frozenset([" ".join(found) or text])
    runs = zip(*(found[first:] for first in range(_SHINGLE_WORDS)), strict=False)
    return frozenset(map(" ".join, runs))


def jaccard(these: frozenset[str], those: frozenset[str]) -> float:
    """Return the Jaccard index of two sets: the share of all their shingles that are in both."""
    common = len(these & those)
    return common / (len(these) + len(those) - common)
