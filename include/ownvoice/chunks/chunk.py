"""A chunk: the span of an article that one request asks about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ownvoice.config.recipe import GenerationRecipe


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of the cleaned text, and its place in the original.

    `index` counts from 0 within the article. `clean_start` and `clean_end` are offsets in the cleaned text, `start` and
    `end` in the article's own content; all count code points.
    """

    index: int
    text: str
    clean_start: int
    clean_end: int
    start: int
    end: int

    @property
    def key(self) -> str:
        """The hash of the chunk's text."""
        return chunk_key(self.text)


def chunk_key(text: str) -> str:
    """Return sixteen hex digits over the text alone: an edit elsewhere in the article does not change them."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_divisible(text: str, recipe: GenerationRecipe) -> bool:
    """Whether a chunk that is too long for a model may be cut in two: the halves of a short one say too little."""
    return len(text) >= recipe.min_chunk_chars
