"""The cleanings that a recipe may name, and rendering: from a place in the original back to the author's words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ownvoice.chunks import chapter
from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.chunks.cut import cut
from ownvoice.chunks.faithful.clean import clean as clean_faithfully
from ownvoice.chunks.faithful.clean import clean_1
from ownvoice.chunks.faithful.masks import without_private
from ownvoice.chunks.offset_map import Span
from ownvoice.chunks.passages import without_passages
from ownvoice.config.recipe import Cleaning
from ownvoice.errors import OwnvoiceError


@dataclass(frozen=True, slots=True)
class CleaningMethod:
    """How an article is cleaned and cut. Raise `version` when the same content would be cleaned or cut differently.

    `earlier` are the versions before it, newest first: what they decided about a text still holds.
    """

    version: str
    clean: Callable[[str], CleanedText]
    cut: Callable[[CleanedText, int, int], list[Span]]
    earlier: tuple[str, ...] = ()


def _clean_as_the_chapter(content: str) -> CleanedText:
    """Clean as chapter 6 does, but for what an author keeps from readers: that reaches no model."""
    return chapter.clean(without_private(content))


METHODS: dict[Cleaning, CleaningMethod] = {
    "faithful": CleaningMethod("faithful-2", clean_faithfully, cut, ("faithful-1",)),
    "chapter": CleaningMethod("chapter-2", _clean_as_the_chapter, chapter.cut, ("chapter-1",)),
}
# Rendering removes markup and nothing else: it is faithful even where the model read a text of `chapter` cleaning.
RENDERINGS: dict[str, Callable[[str], CleanedText]] = {
    "faithful-1": clean_1,
    "chapter-1": clean_1,
    "faithful-2": clean_faithfully,
    "chapter-2": clean_faithfully,
}


def clean(content: str, cleaning: Cleaning, removed: Collection[int] = ()) -> CleanedText:
    """Return the cleaned text of an article's content, without the passages that have the keys `removed`."""
    return without_passages(METHODS[cleaning].clean(content), removed)


def cleaning_version(cleaning: Cleaning) -> str:
    """Return the name of a cleaning and its version, which every pair carries so that it can be rendered again."""
    return METHODS[cleaning].version


def cleaning_versions(cleaning: Cleaning) -> tuple[str, ...]:
    """Return the version of a cleaning and those before it, newest first."""
    return METHODS[cleaning].version, *METHODS[cleaning].earlier


def render(content: str, spans: Sequence[Span], cleaning_version: str) -> str:
    """Return the author's words at `spans` of the original, joined by one space.

    Pairs of an earlier version are rendered as that version cleaned.

    Raises:
        OwnvoiceError: This version of Ownvoice does not know `cleaning_version`.

    """
    if cleaning_version not in RENDERINGS:
        raise OwnvoiceError(
            f"cleaning version {cleaning_version!r} is unknown here (known: {', '.join(RENDERINGS)}): "
            "render these pairs with the Ownvoice release that made them, or generate them again"
        )
    cleaned = _cleaned(RENDERINGS[cleaning_version], content)
    return " ".join(cleaned.rendered(start, end) for start, end in spans)


@lru_cache(maxsize=2)
def _cleaned(rendering: Callable[[str], CleanedText], content: str) -> CleanedText:
    """Keep the last texts: the pairs of an article are proved one after the other."""
    return rendering(content)
