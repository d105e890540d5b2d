"""From an article's content to its chunks, and from a place in the content back to the author's words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from ownvoice.chunks import chapter, faithful
from ownvoice.chunks.chunk import Chunk, chunk_key, is_divisible
from ownvoice.chunks.cleaned import CleanedText
from ownvoice.chunks.cut import Span, halves
from ownvoice.chunks.cut import cut as cut_faithful
from ownvoice.chunks.passages import without_passages
from ownvoice.config.recipe import Cleaning, GenerationRecipe
from ownvoice.errors import OwnvoiceError

_Cut = Callable[[CleanedText, int, int], list[tuple[int, int]]]
_CLEANS: dict[Cleaning, Callable[[str], CleanedText]] = {"faithful": faithful.clean, "chapter": chapter.clean}
_CUTS: dict[Cleaning, _Cut] = {"faithful": cut_faithful, "chapter": chapter.cut}
# Raise a version when the same content would be read or rendered differently.
_VERSIONS: dict[Cleaning, str] = {"faithful": "faithful-1", "chapter": "chapter-1"}


def clean(content: str, cleaning: Cleaning, left_out: Collection[int] = ()) -> CleanedText:
    """Return the reading of an article's content under a cleaning, without the passages `left_out` (by their keys)."""
    return without_passages(_CLEANS[cleaning](content), left_out)


def cleaning_version(cleaning: Cleaning) -> str:
    """Return the name that is stored with a pair, so that it can be rendered again."""
    return _VERSIONS[cleaning]


def cut_article(
    content: str, recipe: GenerationRecipe, left_out: Collection[int] = (), too_long: Collection[str] = ()
) -> list[Chunk]:
    """Return the chunks of an article's content without the passages `left_out`, in order.

    Those whose keys are among `too_long` are cut in two.
    """
    cleaned = clean(content, recipe.cleaning, left_out)
    whole = _CUTS[recipe.cleaning](cleaned, recipe.min_chunk_chars, recipe.max_chunk_chars)
    spans = [part for span in whole for part in _divided(cleaned.text, span, recipe, too_long)]
    return [
        Chunk(index, cleaned.text[start:end], start, end, *cleaned.original_span(start, end))
        for index, (start, end) in enumerate(spans)
    ]


def _divided(text: str, span: Span, recipe: GenerationRecipe, too_long: Collection[str]) -> list[Span]:
    part = text[slice(*span)]
    if not too_long or chunk_key(part) not in too_long or not is_divisible(part, recipe):
        return [span]
    return [piece for half in halves(text, span) for piece in _divided(text, half, recipe, too_long)]


def render(content: str, spans: Sequence[tuple[int, int]], cleaning_version: str) -> str:
    """Return the author's words at `spans` of the original, joined by one space.

    Rendering removes markup and nothing else, whatever the model read: also in `chapter` cleaning.

    Raises:
        OwnvoiceError: This version of Ownvoice does not know `cleaning_version`.

    """
    if cleaning_version not in _VERSIONS.values():
        raise OwnvoiceError(
            f"cleaning version {cleaning_version!r} is unknown here (known: {', '.join(_VERSIONS.values())}): "
            "render these pairs with the Ownvoice release that made them, or generate them again"
        )
    cleaned = _faithful_reading(content)
    return " ".join(cleaned.rendered(start, end) for start, end in spans)


@lru_cache(maxsize=2)
def _faithful_reading(content: str) -> CleanedText:
    """Keep the last readings: the pairs of an article are proved one after the other."""
    return faithful.clean(content)
