"""The source: which objects a night lists, and reading those that changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from ownvoice.articles.article import Article, Quarantined
from ownvoice.articles.parse import READABLE_SUFFIXES, parse_object
from ownvoice.errors import StorageError
from ownvoice.stores import ObjectStore, StoredObject

_DAY_FOLDER = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")
_READERS = 16


def folders_to_list(store: ObjectStore, prefix: str, since: dt.date | None) -> list[str]:
    """Return the folders a night looks into, as prefixes of keys.

    In a layout by day (`dt=YYYY-MM-DD/`) these are the day folders from `since` on; in a flat layout, or where
    `since` is None, everything below `prefix`.
    """
    below = store.folders(prefix) if since else []
    days = [name for name in below if _DAY_FOLDER.fullmatch(name)]
    if not days:
        return [prefix]
    base = f"{prefix}/" if prefix else ""
    return [f"{base}{name}" for name in days if name >= f"dt={since}"]


def list_objects(store: ObjectStore, folders: Iterable[str]) -> Iterator[StoredObject]:
    """Yield the objects below `folders` that an article could stand in."""
    for folder in folders:
        for found in store.objects(folder):
            if found.key.lower().endswith(READABLE_SUFFIXES):
                yield found


def is_below(key: str, folders: Iterable[str]) -> bool:
    """Whether `key` stands below one of the listed folders."""
    return any(not folder or key.startswith(f"{folder}/") for folder in folders)


def read_objects(
    store: ObjectStore, objects: Iterable[StoredObject]
) -> Iterator[tuple[StoredObject, list[Article | Quarantined]]]:
    """Read and parse objects, sixteen at a time, in the order given. Never raises for a single broken object."""

    def read(found: StoredObject) -> tuple[StoredObject, list[Article | Quarantined]]:
        try:
            data = store.read(found.key)
        except StorageError as error:
            return found, [Quarantined(found.key, "unreadable", str(error))]
        if data is None:
            return found, [Quarantined(found.key, "unreadable", "it went away while it was being read")]
        return found, list(parse_object(found.key, data))

    with ThreadPoolExecutor(_READERS) as readers:
        yield from readers.map(read, objects)
