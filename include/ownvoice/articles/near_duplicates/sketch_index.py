"""The index of sketches: the texts of all runs that may be near-duplicates of new ones.

Below the folder of the sketch version lie `segments/<sha256>`, with a record of 160 bytes for each text (its hash and
its sketch), and `complete.json`, once every text known at that time is indexed.

Each run adds a small segment, named by its content, so that a run that is repeated writes the same one. Many small
segments are merged into larger ones. An index can always be made again from the originals: a part that is lost costs
time only. It is searched segment by segment, so that one is in memory at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ownvoice.articles.near_duplicates.sketch import KEYS, Sketches, candidates, sketch_version
from ownvoice.errors import StorageUnavailableError
from ownvoice.storage.damage import damaged
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import sketches_key

_RECORD = np.dtype([("sha256", "V32"), ("sketch", "<u2", KEYS)])
_SEGMENT_RECORDS = 50_000  # 8 MB
_MAX_SMALL_SEGMENTS = 16

Records = npt.NDArray[np.void]


class SketchIndex:
    """The index in one lake. Every method raises `StorageError` where the lake cannot be read or written."""

    def __init__(self, lake: Lake) -> None:
        self._store, self._uri = lake.store, lake.uri
        self._folder = sketches_key(sketch_version())

    def is_complete(self) -> bool:
        """Whether every text was indexed once; each run adds its own texts from then on."""
        return self._store.read(f"{self._folder}/complete.json") is not None

    def mark_complete(self) -> None:
        """Note that every text is indexed."""
        self._store.write(f"{self._folder}/complete.json", b"{}")

    def add(self, texts: Sequence[str], sketches: Sketches) -> None:
        """Store the sketches of texts, which are given by their hashes, in the order of the sketches."""
        records = np.empty(len(texts), _RECORD)
        records["sha256"] = [bytes.fromhex(text) for text in texts]
        records["sketch"] = sketches
        self._write(records)
        self._merge()

    def candidates(self, asked: Sketches) -> Iterator[tuple[int, str]]:
        """Yield (row of `asked`, hash of an indexed text) for each pair that may be near-duplicates."""
        for _, records in self._read(self._segments()):
            known = records["sha256"]
            for row, place in candidates(asked, records["sketch"]):
                yield row, known[place].tobytes().hex()

    def texts(self) -> set[str]:
        """Return the hashes of all texts that are indexed."""
        return {one.tobytes().hex() for _, records in self._read(self._segments()) for one in records["sha256"]}

    def forget(self, texts: Collection[str]) -> None:
        """Take texts out of the index; one that the segments do not hold is no fault."""
        for key, records in self._read(self._segments()):
            kept = records[[one.tobytes().hex() not in texts for one in records["sha256"]]]
            if len(kept) < len(records):
                self._write(kept)
                self._store.delete(key)

    def _segments(self) -> dict[str, int]:
        """Return the number of records of each segment, by key."""
        return {found.key: found.size // _RECORD.itemsize for found in self._store.objects(f"{self._folder}/segments")}

    def _read(self, segments: Iterable[str]) -> Iterator[tuple[str, Records]]:
        for key in sorted(segments):
            data = self._store.read(key)
            if data is None:
                raise StorageUnavailableError(f"{key} was merged by another run just now. Run this task again.")
            if hashlib.sha256(data).hexdigest() != key.rsplit("/", 1)[-1]:
                raise damaged(self._uri, key, "it is not what its name says")
            yield key, np.frombuffer(data, _RECORD)

    def _write(self, records: Records) -> set[str]:
        """Write records as segments; return the keys of the segments."""
        parts = (
            records[start : start + _SEGMENT_RECORDS].tobytes() for start in range(0, len(records), _SEGMENT_RECORDS)
        )
        segments = {f"{self._folder}/segments/{hashlib.sha256(part).hexdigest()}": part for part in parts}
        for key, part in segments.items():
            self._store.write(key, part)
        return set(segments)

    def _merge(self) -> None:
        """Merge small segments once there are many. The old ones are deleted last: a text may be indexed twice."""
        small = [key for key, records in self._segments().items() if records < _SEGMENT_RECORDS]
        if len(small) <= _MAX_SMALL_SEGMENTS:
            return
        merged = np.unique(np.concatenate([records for _, records in self._read(small)]).view(f"V{_RECORD.itemsize}"))
        for key in set(small) - self._write(merged):
            self._store.delete(key)
