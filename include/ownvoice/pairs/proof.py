"""From a quote to a chosen answer: found in the model's reading, taken back to the original, rendered there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ownvoice.chunks import clean, cleaning_version, render
from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.config.recipe import Cleaning
from ownvoice.pairs.reading import Reading
from ownvoice.pairs.reasons import NOT_VERBATIM, DropReason
from ownvoice.pairs.verbatim import locate


@dataclass(frozen=True, slots=True)
class Proof:
    """A chosen answer and its spans in the original, in code points of the article's own content."""

    chosen: str
    spans: tuple[tuple[int, int], ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article's own content beside the model's reading of it."""

    content: str
    cleaned: CleanedText
    cleaning: Cleaning

    @classmethod
    def of(cls, content: str, cleaning: Cleaning, left_out: Collection[int] = ()) -> ArticleText:
        """Clean `content`, without the passages `left_out`, and keep both."""
        return cls(content, clean(content, cleaning, left_out), cleaning)


def prove(quote: str, chunk: Reading, chunk_start: int, article: ArticleText) -> Proof | DropReason:
    """Return the chosen answer that `quote` proves to be, or `not_verbatim` or `ambiguous`.

    `chunk_start` is where the chunk begins in the article's reading. The rendered text must say letter for letter
    what is in the cleaned text: a quote that spans something that rendering removes is refused.
    """
    place = locate(quote, chunk)
    if isinstance(place, DropReason):
        return place
    spans = tuple(article.cleaned.original_span(chunk_start + start, chunk_start + end) for start, end in place.spans)
    chosen = render(article.content, spans, cleaning_version(article.cleaning))
    read = " ".join(chunk.text[start:end] for start, end in place.spans)
    return Proof(chosen, spans, place.exact) if _letters(chosen) == _letters(read) else NOT_VERBATIM


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
