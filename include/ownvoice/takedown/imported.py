"""The imported rows that a takedown reaches: edits of an author's, and rows with words of an article that goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ownvoice.storage.lake import Lake
from ownvoice.takedown.found import Found
from ownvoice.takedown.search.needles import Needles
from ownvoice.takedown.sought import sought_of
from ownvoice.takedown.table_files import TableFiles

_COLUMNS = ("row_id", "author_id", "prompt_messages", "chosen", "rejected")


def imported_of(lake: Lake, files: TableFiles, found: Found, texts: Collection[str]) -> frozenset[str]:
    """Return the ids of the rows of `tables/imported`, in every version of it, that go with what was found.

    `texts` are those that were given. Words that an article says that stays are nobody's alone.
    """
    if not files.has_any:
        return frozenset()
    runs = Needles(sought_of(lake, found, texts).needles.runs)
    return frozenset(
        row["row_id"]
        for batch in files.every(_COLUMNS)
        for row in batch.to_pylist()
        if row["author_id"] in found.author_ids or any(runs.met_in(text) for text in _texts_of(row))
    )


def _texts_of(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (turn["content"] for turn in row["prompt_messages"] if turn["content"])
    yield from (row[name] for name in ("chosen", "rejected") if row[name])
