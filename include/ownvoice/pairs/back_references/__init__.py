"""Whether a quote begins with a word that points back at what stood before it, and so cannot stand alone. Pure.

Three kinds of beginnings point back: a connective ("But", "For example,"), a pronoun ("They", "It") and a demonstrative
that no noun follows ("This is why"). "This article" has its noun, and the "it" of "It is worth a try" stands for
nothing. There is a module for each language that is known; no parser is at hand, so its rules are about single words
and those that follow them, and a table of cases in the tests holds what they come to.
"""

from __future__ import annotations

import re
import unicodedata

from ownvoice.chunks.sentences import sentences
from ownvoice.pairs.back_references import english, french, german, spanish

_LANGUAGES = {"en": english, "de": german, "fr": french, "es": spanish}
_OPENING_MARKS = re.compile(r"^[\W_]+")
_APOSTROPHES = str.maketrans("’ʼ", "''")
_ACRONYM = re.compile(r"[A-Z]{2,3}\b(?!\W+[A-Z]{2,}\b)")  # "IT departments" and "AND gates", not "BUT NOBODY"


def begins_with_back_reference(text: str, language: str | None) -> bool | None:
    """Return whether the first sentence of `text` points back; None where its language is not one of those known."""
    words = _LANGUAGES.get(language or "")
    if words is None:
        return None
    first = _first_sentence(text)
    return bool(words.POINTS_BACK.match(first) and not words.STANDS_ALONE.match(first) and not _ACRONYM.match(first))


def _first_sentence(text: str) -> str:
    """Return the first sentence in one Unicode form, in one line and without opening marks."""
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    spans = sentences(plain)
    sentence = plain[slice(*spans[0])] if spans else plain
    return _OPENING_MARKS.sub("", " ".join(sentence.split()))
