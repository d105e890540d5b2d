"""The cleaning and the cut of chapter 6 of the LLM Engineer's Handbook, byte for byte, with a map to the original.

They are here for comparison: this cleaning breaks contractions, and this cut drops short tails and makes a chunk of a
sentence that is longer than `max_chars`.
"""

from __future__ import annotations

import re

from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.chunks.offset_map import OffsetMap, Span

_NOT_KEPT = re.compile(r"[^\w .,!?']")
_SPACES = re.compile(r"(  +)")
# The pattern of the chapter, for a text in which white space is always one space.
_SENTENCE_GAP = re.compile(r" (?<=[.?!] )(?<!\w\.\w. )(?<![A-Z][a-z]\. )")


def clean(original: str) -> CleanedText:
    """Return the chapter's text: letters, digits and `.,!?'`, and one space in the place of anything else."""
    spaced = _NOT_KEPT.sub(" ", original)
    led = spaced.lstrip(" ")
    bare = led.rstrip(" ")
    pieces = [spaced[: len(spaced) - len(led)], *_SPACES.split(bare), led[len(bare) :]]
    kept = ["", *pieces[1:-1], ""]
    kept[2:-1:2] = [" "] * (len(kept) // 2 - 1)
    return CleanedText("".join(kept), (), (OffsetMap.of(pieces, kept),))


def cut(cleaned: CleanedText, min_chars: int, max_chars: int) -> list[Span]:
    """Return the spans of the chapter's chunks: sentences as long as the next one fits, if they reach `min_chars`."""
    text = cleaned.text
    chunks: list[Span] = []
    start = sentence_start = 0
    gaps = [gap.start() for gap in _SENTENCE_GAP.finditer(text)]
    for sentence_end in [*gaps, len(text)]:
        if sentence_end - start > max_chars:
            if sentence_start - start >= min_chars:  # the chapter counts the space at a chunk's end
                chunks.append((start, sentence_start - 1))
            start = sentence_start
        sentence_start = sentence_end + 1
    if sentence_start - start >= min_chars:
        chunks.append((start, len(text)))
    return chunks
