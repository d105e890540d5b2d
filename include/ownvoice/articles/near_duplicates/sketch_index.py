"""The index of sketches: which texts of all nights may be near-duplicates of tonight's.

sketches/<version>/segments/<sha256>   records of 160 bytes: a text's hash and its sketch
sketches/<version>/complete.json       stands once every text of its time is indexed

A night leaves one small segment, by content, so that repeated it writes the same one; many small ones are merged into
larger. An index is a function of the texts it holds and can always be made again from the originals: losing
it, or a part of it, costs time. It is asked segment by segment, so that one is held at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ownvoice.articles.near_duplicates.sketch import KEYS, Sketches, candidates, sketch_version
from ownvoice.errors import StorageUnavailableError
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import sketches_key

_RECORD = np.dtype([("sha256", "V32"), ("sketch", "<u2", KEYS)])
_SEGMENT_RECORDS = 50_000  # 8 MB
_MAX_SMALL_SEGMENTS = 16

Records = npt.NDArray[np.void]


class SketchIndex:
    """Raises `StorageError` where the lake cannot be read or written."""

    def __init__(self, lake: Lake) -> None:
        self._store = lake.store
        self._folder = sketches_key(sketch_version())

    def is_complete(self) -> bool:
        """Whether every text was indexed once; what comes later is added by its own night."""
        return self._store.read(f"{self._folder}/complete.json") is not None

    def mark_complete(self) -> None:
        """Note that every text is indexed."""
        self._store.write(f"{self._folder}/complete.json", b"{}")

    def add(self, texts: Sequence[str], sketches: Sketches) -> None:
        """Keep the sketches of `texts`, given by their hashes."""
        records = np.empty(len(texts), _RECORD)
        records["sha256"] = [bytes.fromhex(text) for text in texts]
        records["sketch"] = sketches
        self._write(records)
        self._merge()

    def candidates(self, asked: Sketches) -> Iterator[tuple[int, str]]:
        """Yield the row of `asked` and the hash of each text that may be a near-duplicate of it."""
        for _, records in self._read(self._segments()):
            known = records["sha256"]
            for row, place in candidates(asked, records["sketch"]):
                yield row, known[place].tobytes().hex()

    def texts(self) -> set[str]:
        """Return the hashes of all texts that are indexed."""
        return {one.tobytes().hex() for _, records in self._read(self._segments()) for one in records["sha256"]}

    def _segments(self) -> dict[str, int]:
        """Return the number of records of each segment, by key."""
        return {found.key: found.size // _RECORD.itemsize for found in self._store.objects(f"{self._folder}/segments")}

    def _read(self, segments: Iterable[str]) -> Iterator[tuple[str, Records]]:
        for key in sorted(segments):
            data = self._store.read(key)
            if data is None:
                raise StorageUnavailableError(f"{key} was merged by another run just now. Run this task again.")
            yield key, np.frombuffer(data, _RECORD)

    def _write(self, records: Records) -> set[str]:
        """Keep records as segments; return their keys."""
        parts = (
            records[start : start + _SEGMENT_RECORDS].tobytes() for start in range(0, len(records), _SEGMENT_RECORDS)
        )
        segments = {f"{self._folder}/segments/{hashlib.sha256(part).hexdigest()}": part for part in parts}
        for key, part in segments.items():
            self._store.write(key, part)
        return set(segments)

    def _merge(self) -> None:
        """Bring small segments together once there are many. The old ones go last: standing twice does no harm."""
        small = [key for key, records in self._segments().items() if records < _SEGMENT_RECORDS]
        if len(small) <= _MAX_SMALL_SEGMENTS:
            return
        merged = np.unique(np.concatenate([records for _, records in self._read(small)]).view(f"V{_RECORD.itemsize}"))
        for key in set(small) - self._write(merged):
            self._store.delete(key)
