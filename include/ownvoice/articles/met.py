"""Which objects of the source hold what is refused, as they were last read: they are counted, and not read again.

An article that was taken down has no row in the lake, so its object has no tag there. `tombstones/met.json` keeps the
tag of each such object under a salted hash of its key, with the number of refused articles in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ownvoice.articles.tombstones import Tombstones
from ownvoice.storage.lake import Lake
from ownvoice.storage.takedown_keys import MET

_READ_AGAIN = ""  # no object has this tag


@dataclass(slots=True)
class Met:
    """The tag and the number of refused articles by the mark of an object's key; `changed` where that is not stored."""

    stones: Tombstones
    objects: dict[str, tuple[str, int]] = field(default_factory=dict)
    changed: bool = False

    def refused_in(self, key: str, tag: str) -> int | None:
        """Return how many articles of an object are refused; None where that is not known of the object as it is."""
        found = self.objects.get(self._mark(key)) if self.objects else None
        return found[1] if found and found[0] == tag else None

    def is_out_of_date(self, key: str, tag: str) -> bool:
        """Whether an object held what is refused, and has to be read again to tell whether it still does."""
        return bool(self.objects) and self.objects.get(self._mark(key), (tag, 0))[0] != tag

    def note(self, key: str, tag: str, refused: int) -> None:
        """Note what was read of an object just now; one without a refused article is forgotten."""
        mark = self._mark(key)
        before = self.objects.pop(mark, None)
        if refused:
            self.objects[mark] = (tag, refused)
        self.changed |= self.objects.get(mark) != before

    def _mark(self, key: str) -> str:
        return self.stones.mark("object", key)


def read_met(lake: Lake, stones: Tombstones) -> Met:
    """Return what is known of the objects; nothing where the lake never had a tombstone."""
    if not stones.salt:
        return Met(stones)
    stored = lake.read_record(MET, lambda found: {mark: (str(tag), int(count)) for mark, (tag, count) in found.items()})
    return Met(stones, stored or {})


def record_met(lake: Lake, met: Met) -> None:
    """Write down what a listing has learnt of the objects, where that is new."""
    if met.changed:
        lake.write_json(MET, met.objects)


def read_again(lake: Lake, stones: Tombstones, source_objects: Iterable[str] | None = None) -> None:
    """Have the next listing read these objects though they are unchanged, or all that ever held what is refused."""
    met = read_met(lake, stones)
    for mark in met.objects if source_objects is None else map(met._mark, source_objects):
        met.objects[mark] = (_READ_AGAIN, 0)
    lake.write_json(MET, met.objects)
