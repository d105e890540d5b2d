"""From an article's content to its chunks."""

from __future__ import annotations

from collections.abc import Collection

from ownvoice.chunks.chunk import Chunk, chunk_key, is_divisible
from ownvoice.chunks.cleaning import METHODS, clean
from ownvoice.chunks.cut import halves
from ownvoice.chunks.offset_map import Span
from ownvoice.config.recipe import GenerationRecipe


def cut_article(
    content: str, recipe: GenerationRecipe, removed: Collection[int] = (), too_long: Collection[str] = ()
) -> list[Chunk]:
    """Return the chunks of an article's content, in order.

    Passages with the keys `removed` are left out of the text first. Chunks with keys among `too_long` are cut in two.
    """
    cleaned = clean(content, recipe.cleaning, removed)
    whole = METHODS[recipe.cleaning].cut(cleaned, recipe.min_chunk_chars, recipe.max_chunk_chars)
    spans = [part for span in whole for part in _divided(cleaned.text, span, recipe, too_long)]
    return [
        Chunk(index, cleaned.text[start:end], start, end, *cleaned.original_span(start, end))
        for index, (start, end) in enumerate(spans)
    ]


def _divided(text: str, span: Span, recipe: GenerationRecipe, too_long: Collection[str]) -> list[Span]:
    """Return a span, or as many parts of it as it takes until none is known to be too long."""
    part = text[slice(*span)]
    if not too_long or chunk_key(part) not in too_long or not is_divisible(part, recipe):
        return [span]
    return [piece for half in halves(text, span) for piece in _divided(text, half, recipe, too_long)]
