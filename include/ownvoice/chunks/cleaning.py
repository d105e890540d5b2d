"""The cleanings that a recipe may name, and rendering: from a place in the original back to the author's words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ownvoice.chunks import chapter
from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.chunks.cut import cut
from ownvoice.chunks.faithful.clean import clean as clean_faithfully
from ownvoice.chunks.offset_map import Span
from ownvoice.chunks.passages import without_passages
from ownvoice.config.recipe import Cleaning
from ownvoice.errors import OwnvoiceError


@dataclass(frozen=True, slots=True)
class CleaningMethod:
    """How an article is cleaned and cut. Raise `version` when the same content would be cleaned or cut differently."""

    version: str
    clean: Callable[[str], CleanedText]
    cut: Callable[[CleanedText, int, int], list[Span]]


METHODS: dict[Cleaning, CleaningMethod] = {
    "faithful": CleaningMethod("faithful-1", clean_faithfully, cut),
    "chapter": CleaningMethod("chapter-1", chapter.clean, chapter.cut),
}


def clean(content: str, cleaning: Cleaning, removed: Collection[int] = ()) -> CleanedText:
    """Return the cleaned text of an article's content, without the passages that have the keys `removed`."""
    return without_passages(METHODS[cleaning].clean(content), removed)


def cleaning_version(cleaning: Cleaning) -> str:
    """Return the name of a cleaning and its version, which every pair carries so that it can be rendered again."""
    return METHODS[cleaning].version


def render(content: str, spans: Sequence[Span], cleaning_version: str) -> str:
    """Return the author's words at `spans` of the original, joined by one space.

    Rendering removes markup and nothing else: it is faithful even where the model read a text of `chapter` cleaning.

    Raises:
        OwnvoiceError: This version of Ownvoice does not know `cleaning_version`.

    """
    known = [method.version for method in METHODS.values()]
    if cleaning_version not in known:
        raise OwnvoiceError(
            f"cleaning version {cleaning_version!r} is unknown here (known: {', '.join(known)}): "
            "render these pairs with the Ownvoice release that made them, or generate them again"
        )
    cleaned = _cleaned_faithfully(content)
    return " ".join(cleaned.rendered(start, end) for start, end in spans)


@lru_cache(maxsize=2)
def _cleaned_faithfully(content: str) -> CleanedText:
    """Keep the last texts: the pairs of an article are proved one after the other."""
    return clean_faithfully(content)
