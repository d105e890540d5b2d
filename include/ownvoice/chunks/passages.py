"""Passages: the paragraphs and sentences of a cleaned text, and a text without some of them. Pure.

The key of a passage is a hash of its words, as near-duplicates compare them, so emphasis and quote style do not change
it. A passage of fewer than five words ("Conclusion") has no key and is never boilerplate.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from itertools import chain, pairwise

from ownvoice.articles.near_duplicates.shingles import words
from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.chunks.offset_map import OffsetMap, Span
from ownvoice.chunks.sentences import sentences

_MIN_WORDS = 5
_PARAGRAPH = re.compile(r"[^\n]+")
_SPACE = re.compile(r"\s*")


def passages(text: str) -> Iterator[tuple[int, Span]]:
    """Yield the key (64 bits) and the span of each paragraph and each sentence that is long enough."""
    for paragraph in _PARAGRAPH.finditer(text):
        start = paragraph.start()
        spans = [(start + first, start + last) for first, last in sentences(paragraph[0])]
        if len(spans) > 1:
            spans.append((spans[0][0], spans[-1][1]))
        for span in spans:
            found = words(text[slice(*span)])
            if len(found) >= _MIN_WORDS:
                yield int.from_bytes(hashlib.blake2b(" ".join(found).encode(), digest_size=8).digest()), span


def without_passages(cleaned: CleanedText, removed: Collection[int]) -> CleanedText:
    """Return the text without the passages that have the keys `removed`, and with one more step in its map.

    A quote that runs across a removed passage is not verbatim: in the original the passage lies between its halves.
    """
    spans = sorted(span for key, span in passages(cleaned.text) if key in removed) if removed else []
    if not spans:
        return cleaned
    edges = [0, *chain.from_iterable(_merged(cleaned.text, spans)), len(cleaned.text)]
    pieces = [cleaned.text[start:end] for start, end in pairwise(edges)]
    kept = [piece if number % 2 == 0 else "" for number, piece in enumerate(pieces)]
    step = OffsetMap.of(pieces, kept)
    headings = tuple(sorted({step.offset_after(start) for start in cleaned.headings}))
    return CleanedText("".join(kept), headings, (*cleaned.maps, step))


def _merged(text: str, spans: list[Span]) -> list[Span]:
    """Join spans with only spaces between them, and extend each by the white space that set it apart."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and not text[merged[-1][1] : start].strip(" "):
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return [_with_space(text, *span) for span in merged]


def _with_space(text: str, start: int, end: int) -> Span:
    """Extend a span by the space after it if it begins a paragraph, and else by the space before it."""
    if start == 0 or text[start - 1] == "\n":
        return start, _SPACE.match(text, end).end()  # type: ignore[union-attr]  # it matches everywhere
    while text[start - 1] == " ":
        start -= 1
    return start, end
