"""What a takedown searches for, made while the texts are still there, and what of it stays because others need it.

The runs of words of a text are kept as numbers until the takedown is done, so that a takedown that was killed after the
texts went still proves that they are gone (docs/decisions/0058-takedown.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownvoice.articles.changeset import changes_of_all_runs
from ownvoice.chunks.cleaning import RENDERINGS
from ownvoice.pairs.grams.grams import Grams
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.layout import original_key
from ownvoice.takedown.found import Found
from ownvoice.takedown.search.needles import Needles, runs_in


@dataclass(frozen=True, slots=True)
class Sought:
    """What is searched for. `shared_runs` stand in articles that stay as well, and are not among the needles."""

    needles: Needles
    shared_runs: int = 0


def sought_of(lake: Lake, found: Found, texts: Iterable[str] = ()) -> Sought:
    """Return what to search for: the words of the originals that go and of `texts`, and every name of theirs.

    What stands in an article that stays (a licence, a quotation, the same footer) tells nothing and is left out. Every
    original that stays is read, one at a time.
    """
    runs = runs_in(reading for text in (*_originals(lake, found.texts), *texts) for reading in _readings(text))
    kept = np.empty(0, np.uint64)
    said: set[str] = set()
    every = Needles(runs, _names(lake, found))
    for text in _originals(lake, staying_texts(lake, found.article_ids) - found.texts):
        part = runs_in(_readings(text))
        kept = np.union1d(kept, np.intersect1d(part, runs))
        said |= every.names_in(text)
    needles = Needles(np.setdiff1d(runs, kept), every.names - said, frozenset(said))
    return Sought(needles, len(kept))


def staying_texts(lake: Lake, article_ids: Collection[str]) -> set[str]:
    """Return the hashes of every text that articles other than these have or had, committed or only listed so far."""
    gone = pa.array(article_ids, pa.string())
    committed = (scan(lake.table(table), "article_id, article_sha256") for table in ("articles", "chunks"))
    listed = (rows.to_batches() for rows in changes_of_all_runs(lake))
    return {
        text
        for batches in chain(committed, listed)
        for batch in batches
        for text in batch.filter(pc.invert(pc.is_in(batch["article_id"], gone)))["article_sha256"].to_pylist()
    }


def needed_requests(lake: Lake, article_ids: Collection[str], request_keys: Collection[str]) -> set[str]:
    """Return those of `request_keys` whose answers articles other than these need."""
    gone, wanted = pa.array(article_ids, pa.string()), pa.array(request_keys, pa.string())
    columns = (("chunks", "request_key"), ("pairs", "request_key"), ("pairs", "rejected_request_key"))
    return {
        key
        for table, column in columns
        for batch in scan(lake.table(table), f"article_id, {column}")
        for key in batch.filter(
            pc.and_(pc.is_in(batch[column], wanted), pc.invert(pc.is_in(batch["article_id"], gone)))
        )[column].to_pylist()
    }


def _names(lake: Lake, found: Found) -> frozenset[str]:
    """Return every name under which the lake may speak of it, but for those that others go by as well."""
    own = found.article_ids | found.author_ids | found.texts | found.pair_ids | found.imported_ids
    requests = found.request_keys - needed_requests(lake, found.article_ids, found.request_keys)
    shared = _of_others(lake, found, "articles", "source_key") | _of_others(lake, found, "chunks", "chunk_key")
    return frozenset(own | requests | ((found.source_keys | found.chunk_keys) - shared))


def _of_others(lake: Lake, found: Found, table: str, column: str) -> set[str]:
    """Return the values of a column in the rows of articles that stay, as far as `found` has them too."""
    gone = pa.array(found.article_ids, pa.string())
    wanted = pa.array(found.source_keys | found.chunk_keys, pa.string())
    batches = scan(lake.table(table), f"article_id, {column}")
    return {
        value
        for batch in batches
        for value in batch.filter(
            pc.and_(pc.is_in(batch[column], wanted), pc.invert(pc.is_in(batch["article_id"], gone)))
        )[column].to_pylist()
    }


def _originals(lake: Lake, texts: Collection[str]) -> Iterator[str]:
    for text in sorted(texts):
        if (data := lake.store.read(original_key(text))) is not None:
            yield data.decode("utf-8", "replace")


def _readings(text: str) -> Iterator[str]:
    """Yield a text as its author wrote it and as each cleaning gives it to a model."""
    yield text
    for rendering in dict.fromkeys(RENDERINGS.values()):
        yield rendering(text).text


def pack(needles: Needles) -> bytes:
    """Return the runs as bytes."""
    return needles.runs.astype("<u8").tobytes()


def unpack(data: bytes) -> Grams:
    """Read what `pack` wrote."""
    return np.frombuffer(data, "<u8").astype(np.uint64)
