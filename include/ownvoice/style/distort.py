"""Distorted text: what is left of a text once it no longer says what it is about. Pure.

Every word that is no function word becomes `*`, every number `#`; function words, punctuation and their order stay
(Stamatatos, "Masking topic-related information to enhance authorship attribution", 2018: DV-SA). A classifier of
distorted text cannot tell two authors apart by their topics.
"""

from __future__ import annotations

from collections.abc import Collection

import regex

from ownvoice.style.words import WORD, folded

_NUMBER = regex.compile(r"\p{N}+(?:[.,]\p{N}+)*")
_SPACE = regex.compile(r"\s+")


def distorted(text: str, kept: Collection[str]) -> str:
    """Return `text` folded, with the words `kept` alone."""
    masked = WORD.sub(lambda found: found[0] if found[0] in kept else "*", folded(text))
    return str(_SPACE.sub(" ", _NUMBER.sub("#", masked)).strip())
