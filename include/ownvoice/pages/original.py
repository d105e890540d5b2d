"""The place of a chosen answer in its original article, with its words marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ownvoice.errors import StorageError
from ownvoice.pages.differences import Piece
from ownvoice.reports.excerpt import excerpt
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import Span

_CONTEXT_CHARS = 1_500


class Original(NamedTuple):
    """An article of `chars` characters in pieces, those of the quoted spans marked.

    Where the article cannot be read, there are no pieces and `lost` says why.
    """

    pieces: Sequence[Piece]
    chars: int = 0
    lost: str = ""


def quoted_original(lake: Lake, article_sha256: str, spans: Sequence[Span], *, whole_article: bool = False) -> Original:
    """Return the article, or the part of it around `spans`."""
    try:
        article = lake.original(article_sha256)
    except StorageError as error:
        return Original([], lost=str(error))
    places = [(span["start"], span["end"]) for span in spans]
    parts = excerpt(article, places, len(article) if whole_article else _CONTEXT_CHARS)
    pieces = [(part.text if part.kind != "gap" else " … ", part.kind == "quoted") for part in parts]
    return Original(pieces, len(article))
