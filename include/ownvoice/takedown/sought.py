"""What a takedown searches for, made while the texts are still there, and what of it stays because others need it.

The runs of words of a text are kept as numbers until the takedown is done, so that a takedown that was killed after the
texts went still proves that they are gone (docs/decisions/0058-takedown.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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

_TEXT_OF = ("article_id", "article_sha256")

LEAST_HELD = 0.5
"""From which share of the runs of a text on an article that stays is said to hold it."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is searched for. `shared_runs` stand in articles that stay as well, and are not among the needles.

    `held_by` are the articles that stay and hold most of a text that goes, as one that quotes it whole, by id with the
    share of its runs; or that hold a passage that was given.
    """

    needles: Needles
    shared_runs: int = 0
    held_by: Mapping[str, float] = field(default_factory=dict)


def sought_of(lake: Lake, found: Found, texts: Iterable[str] = ()) -> Sought:
    """Return what to search for: the words of the originals that go and of `texts`, and every name of theirs.

    What stands in an article that stays (a licence, a quotation, the same footer) tells nothing and is left out. Every
    original that stays is read, one at a time.
    """
    going = chain((text for _, text in _originals(lake, found.texts)), texts)
    parts = [runs_in(_readings(text)) for text in going]
    runs = np.unique(np.concatenate([np.empty(0, np.uint64), *parts]))
    kept = np.empty(0, np.uint64)
    said: set[str] = set()
    holders: dict[str, float] = {}
    every = Needles(runs, _names(lake, found))
    for sha256, text in _originals(lake, staying_texts(lake, found.article_ids) - found.texts):
        shared = np.intersect1d(runs_in(_readings(text)), runs)
        if (share := _most_held(parts, shared)) >= LEAST_HELD:
            holders[sha256] = share
        kept = np.union1d(kept, shared)
        said |= every.names_in(text)
    needles = Needles(np.setdiff1d(runs, kept), every.names - said, frozenset(said))
    return Sought(needles, len(kept), _by_article(lake, found.article_ids, holders))


def _most_held(parts: Sequence[Grams], shared: Grams) -> float:
    """Return the largest share of the runs of one text that is among `shared`."""
    least = max(1.0, LEAST_HELD * min((len(part) for part in parts if len(part)), default=1))
    if len(shared) < least:  # as for nearly every text: they need not be held against each other
        return 0.0
    return max(len(np.intersect1d(part, shared)) / len(part) for part in parts if len(part))


def _by_article(lake: Lake, going: Collection[str], holders: Mapping[str, float]) -> dict[str, float]:
    """Return the articles that stay with one of the texts `holders`, each with the largest share of its texts."""
    found: dict[str, float] = {}
    for batch in _staying(lake, going) if holders else ():
        for article_id, sha256 in zip(*(batch[name].to_pylist() for name in _TEXT_OF), strict=True):
            if sha256 in holders:
                found[article_id] = max(holders[sha256], found.get(article_id, 0.0))
    return dict(sorted(found.items()))


def staying_texts(lake: Lake, article_ids: Collection[str]) -> set[str]:
    """Return the hashes of every text that articles other than these have or had, committed or only listed so far."""
    return {text for batch in _staying(lake, article_ids) for text in batch["article_sha256"].to_pylist()}


def _staying(lake: Lake, article_ids: Collection[str]) -> Iterator[pa.RecordBatch]:
    gone = pa.array(article_ids, pa.string())
    committed = (scan(lake.table(table), ", ".join(_TEXT_OF)) for table in ("articles", "chunks"))
    listed = (rows.to_batches() for rows in changes_of_all_runs(lake))
    for batch in chain.from_iterable(chain(committed, listed)):
        yield batch.filter(pc.invert(pc.is_in(batch["article_id"], gone)))


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


def _originals(lake: Lake, texts: Collection[str]) -> Iterator[tuple[str, str]]:
    for sha256 in sorted(texts):
        if (data := lake.store.read(original_key(sha256))) is not None:
            yield sha256, data.decode("utf-8", "replace")


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
