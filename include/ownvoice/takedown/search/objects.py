"""The search through everything that a lake stores: every live object, its name and its content, unpacked."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ownvoice.storage.lake import Lake
from ownvoice.storage.listed import StoredObject
from ownvoice.storage.streamed import open_object
from ownvoice.takedown.search.decode import UndecodedError, texts_in
from ownvoice.takedown.search.needles import Met, Needles

_IN_MEMORY_BYTES = 8 << 20  # larger objects are read in parts
Progress = Callable[[int, int], None]
"""Told how many objects and bytes were searched so far."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An object that holds something of what is looked for."""

    key: str
    met: Met


@dataclass(slots=True)
class Searched:
    """What a search saw: `objects` and `size_bytes` as stored, the hits, and what could not be unpacked, by key."""

    objects: int = 0
    size_bytes: int = 0
    hits: list[Hit] = field(default_factory=list)
    undecoded: dict[str, str] = field(default_factory=dict)


def search_objects(
    lake: Lake, objects: Iterable[StoredObject], needles: Needles, progress: Progress | None = None
) -> Searched:
    """Look through objects of the lake; one that was deleted since it was listed holds nothing any more."""
    found = Searched()
    for stored in objects:
        try:
            met = met_in_object(lake, stored, needles)
        except UndecodedError as error:
            met = needles.met_in(stored.key)
            found.undecoded[stored.key] = str(error)
        found.objects += 1
        found.size_bytes += stored.size
        if met:
            found.hits.append(Hit(stored.key, met))
        if progress:
            progress(found.objects, found.size_bytes)
    return found


def met_in_object(lake: Lake, stored: StoredObject, needles: Needles) -> Met:
    """Return what the name and the content of an object hold. Raises `UndecodedError` where it does not unpack."""
    return sum(map(needles.met_in, _texts(lake, stored)), Met())


def met_in_bytes(data: bytes, needles: Needles) -> Met:
    """Return what some bytes hold, read as an object is."""
    return sum(map(needles.met_in, texts_in(io.BytesIO(data))), Met())


def _texts(lake: Lake, stored: StoredObject) -> Iterator[str]:
    yield stored.key
    if stored.size > _IN_MEMORY_BYTES:
        yield from texts_in(open_object(lake.store, stored))
    elif data := lake.store.read(stored.key):
        yield from texts_in(io.BytesIO(data))
