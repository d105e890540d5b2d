"""Near copies of what is to be gone: other articles of the lake with nearly the same text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ownvoice.articles.near_duplicates.search import complete_index
from ownvoice.articles.near_duplicates.shingles import jaccard, shingles
from ownvoice.articles.near_duplicates.sketch import sketches
from ownvoice.articles.near_duplicates.sketch_index import SketchIndex
from ownvoice.articles.table import live_text_hashes
from ownvoice.errors import StorageError
from ownvoice.storage.lake import Lake
from ownvoice.storage.versions import latest_version

GIVEN = ""
"""In the place of an article's id where a near copy is one of a text that was given."""


def near_texts(
    lake: Lake, asked: Mapping[str, Collection[str]], given: Collection[str], least_jaccard: float
) -> dict[str, str]:
    """Return the hashes of the lake's originals that are near to a text, each with the id of the article it is near to.

    `asked` has the hashes of the texts of each article that is asked for, `given` texts that may be of no article.
    Originals that are gone have no near copies any more.
    """
    known = {sha256 for texts in asked.values() for sha256 in texts}
    found: dict[str, str] = {}
    for article_id, text in _texts(lake, asked, given):
        runs = shingles(text)
        for sha256 in sorted(_candidates(lake, runs) - known - found.keys()):
            other = _original(lake, sha256)
            if other is not None and jaccard(runs, shingles(other)) >= least_jaccard:
                found[sha256] = article_id
    return found


def _texts(lake: Lake, asked: Mapping[str, Collection[str]], given: Collection[str]) -> Iterator[tuple[str, str]]:
    index = SketchIndex(lake)
    if not index.is_complete():
        complete_index(lake, live_text_hashes(lake, latest_version(lake)))
    for article_id, texts in asked.items():
        originals = (_original(lake, sha256) for sha256 in sorted(texts))
        yield from ((article_id, text) for text in originals if text is not None)
    yield from ((GIVEN, text) for text in given)


def _candidates(lake: Lake, runs: frozenset[str]) -> set[str]:
    return {sha256 for _, sha256 in SketchIndex(lake).candidates(sketches([runs]))}


def _original(lake: Lake, sha256: str) -> str | None:
    try:
        return lake.original(sha256)
    except StorageError:  # gone since, or damaged: another step says so
        return None
