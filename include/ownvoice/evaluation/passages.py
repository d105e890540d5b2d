"""Passages of a wanted length out of longer texts, cut at sentence ends. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.chunks.sentences import sentences
from ownvoice.style.words import words


def passages_of(text: str, length: int) -> Iterator[str]:
    """Yield the parts of `text`, one after the other, each of at least `length` words; a shorter rest is left out.

    A part ends where a sentence does, and a sentence longer than `length` is a part by itself.
    """
    start, held = None, 0
    for first, last in sentences(text):
        start = first if start is None else start
        held += len(words(text[first:last]))
        if held >= length:
            yield text[start:last].strip()
            start, held = None, 0
