"""The index of grams: which texts hold a gram, for every text that pairs are made from.

Below the folder of the gram version lie `segments/<sha256>.parquet`: `gram`, sorted, and `text`, a place in the list
of texts (hashes of originals) that the file's metadata holds with the number of grams of each.

Each run adds the texts that are new in a segment named by them, so that a repeated run writes the same one, and many
small segments are merged. An index can always be made again from the originals: a part that is lost costs time only.
It holds nothing about articles and sides, so that it cannot be out of date.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ownvoice.chunks import clean
from ownvoice.pairs.grams.grams import GRAM_VERSION, Grams, grams
from ownvoice.storage.damage import readable
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import grams_key
from ownvoice.storage.listed import StoredObject
from ownvoice.storage.streamed import open_object

_SEGMENT_ENTRIES = 2_000_000  # 24 MB in memory
_SMALL_SEGMENT_ENTRIES = _SEGMENT_ENTRIES // 16
_MAX_SMALL_SEGMENTS = 16
_GROUP_ENTRIES = 1 << 16
_TEXTS = b"texts"
MAX_GRAM = (1 << 64) - 1

_Entries = tuple[Grams, npt.NDArray[np.uint32]]


def text_grams(lake: Lake, text: str) -> Grams:
    """Return the grams of an original, as pairs would quote it: without its markup."""
    return grams([clean(lake.original(text), "faithful").text])


@dataclass(frozen=True, slots=True)
class Segment:
    """One opened segment: `texts` maps each of its texts to the number of its grams, in the order of their places."""

    key: str
    texts: dict[str, int]
    file: pq.ParquetFile

    def between(self, first: int, last: int) -> _Entries:
        """Return grams and places of texts of the entries with `first` <= gram <= `last`."""
        groups = [number for number in range(self.file.num_row_groups) if self._overlaps(number, first, last)]
        if not groups:
            return np.empty(0, np.uint64), np.empty(0, np.uint32)
        rows = self.file.read_row_groups(groups, use_threads=False)
        found, places = rows["gram"].to_numpy(), rows["text"].to_numpy()
        start = np.searchsorted(found, np.uint64(first))
        end = np.searchsorted(found, np.uint64(last), side="right")
        return found[start:end], places[start:end]

    def by_text(self) -> Iterator[tuple[str, Grams]]:
        """Yield each text with its grams."""
        found, places = self.between(0, MAX_GRAM)
        for place, text in enumerate(self.texts):
            yield text, found[places == place]

    def _overlaps(self, group: int, first: int, last: int) -> bool:
        statistics = self.file.metadata.row_group(group).column(0).statistics
        return statistics is not None and bool(statistics.min <= last and statistics.max >= first)


class GramIndex:
    """The index in one lake. Every method raises `StorageError` where the lake cannot be read or written."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._folder = f"{grams_key(GRAM_VERSION)}/segments"

    @contextlib.contextmanager
    def open(self, keys: Iterable[str] | None = None) -> Iterator[list[Segment]]:
        """Open every segment, or those of `keys`, to be read in parts. Each is fetched whole: a commit does it once."""
        wanted = [found.key for found in self._segments()] if keys is None else keys
        with contextlib.ExitStack() as stack:
            yield [self._open(stack, key) for key in wanted]

    def complete(self, texts: Iterable[str]) -> None:
        """Index those of `texts` that are not indexed yet; few are in memory at a time."""
        missing, entries = set(texts), {}
        for found in self._segments():
            indexed = self._texts_of(found)
            missing.difference_update(indexed)
            entries[found.key] = sum(indexed.values())
        for part in _parts((text, text_grams(self._lake, text)) for text in sorted(missing)):
            entries[self._write(part)] = sum(map(len, part.values()))
        if missing:
            self._merge([key for key, count in entries.items() if count < _SMALL_SEGMENT_ENTRIES])

    def forget(self, texts: Collection[str]) -> None:
        """Take texts out of the index; one that the segments do not hold is no fault."""
        for found in self._segments():
            if not self._texts_of(found).keys() & set(texts):
                continue
            with self.open([found.key]) as (segment,):
                kept = {text: of_text for text, of_text in segment.by_text() if text not in texts}
            if kept:
                self._write(kept)
            self._lake.store.delete(found.key)

    def _segments(self) -> list[StoredObject]:
        return sorted(self._lake.store.objects(self._folder), key=lambda found: found.key)

    def _texts_of(self, found: StoredObject) -> dict[str, int]:
        """Return the texts of a segment, from the end of its file alone."""
        with readable(self._lake.uri, found.key), open_object(self._lake.store, found) as file:
            return _texts_in(pq.read_metadata(file).metadata)

    def _open(self, stack: contextlib.ExitStack, key: str) -> Segment:
        file = stack.enter_context(self._lake.open_rows(key))
        with readable(self._lake.uri, key):
            return Segment(key, _texts_in(file.metadata.metadata), file)

    def _write(self, part: Mapping[str, Grams]) -> str:
        """Write a segment and return its key."""
        lengths = [len(found) for found in part.values()]
        texts = pa.array(np.repeat(np.arange(len(part), dtype=np.uint32), lengths))
        rows = pa.table({"gram": np.concatenate(list(part.values())), "text": texts}).sort_by("gram")
        metadata = {_TEXTS: json.dumps(dict(zip(part, lengths, strict=True)))}
        name = hashlib.sha256("\n".join(part).encode()).hexdigest()
        key = f"{self._folder}/{name}.parquet"
        self._lake.write_rows(key, rows.replace_schema_metadata(metadata), rows_per_group=_GROUP_ENTRIES)
        return key

    def _merge(self, small: Sequence[str]) -> None:
        """Merge small segments once there are many. The old ones are deleted last: a text may be indexed twice."""
        if len(small) <= _MAX_SMALL_SEGMENTS:
            return
        with self.open(small) as segments:
            merged = self._write({text: found for segment in segments for text, found in segment.by_text()})
        for key in small:
            if key != merged:
                self._lake.store.delete(key)


def _texts_in(metadata: Mapping[bytes, bytes]) -> dict[str, int]:
    texts: dict[str, int] = json.loads(metadata[_TEXTS])
    return texts


def _parts(indexed: Iterable[tuple[str, Grams]]) -> Iterator[dict[str, Grams]]:
    """Yield the grams of texts in parts of the size of a segment."""
    part: dict[str, Grams] = {}
    entries = 0
    for text, found in indexed:
        part[text] = found
        entries += len(found)
        if entries >= _SEGMENT_ENTRIES:
            yield part
            part, entries = {}, 0
    if part:
        yield part
