"""The source: which objects a night lists, and reading those that changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from ownvoice.articles.article import Article, Quarantined, Reason, UnreadableError
from ownvoice.articles.formats.read import SINGLE_FORMS, format_of, parse_object
from ownvoice.articles.formats.text import MAX_METADATA_BYTES, read_sidecar
from ownvoice.articles.prefetch import prefetched
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import StorageAccessError, StorageError, StorageUnavailableError
from ownvoice.storage.stores import ObjectStore, StoredObject
from ownvoice.storage.streamed import open_object

_DAY_FOLDER = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")
_SIDECAR_SUFFIXES = (".json", ".yaml", ".yml")
_READERS = 16  # each holds the first four megabytes of its object; what follows is read as it is parsed


@dataclass(frozen=True, slots=True)
class SourceObject:
    """An object that articles stand in; `tag` changes when its bytes do, or those of its sidecar, or the rules."""

    stored: StoredObject
    sidecar: StoredObject | None
    tag: str

    @property
    def key(self) -> str:
        """The key of the object itself."""
        return self.stored.key


Parsed = Iterator[Article | Quarantined]
_Opened = tuple[BinaryIO, bytes | None]


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


def list_objects(store: ObjectStore, folders: Iterable[str], rules: SourceRules) -> Iterator[SourceObject]:
    """Yield the objects below `folders` that an article could stand in, each with its sidecar if it has one.

    The sidecar of `a.md` is `a.json`, `a.yaml` or `a.yml` beside it; what is a sidecar is no article.
    """
    for folder in folders:
        found = {stored.key: stored for stored in store.objects(folder)}
        sidecars = {key: _sidecar_of(key, found) for key in found if format_of(key) in SINGLE_FORMS}
        taken = {sidecar.key for sidecar in sidecars.values() if sidecar}
        for key, stored in found.items():
            if format_of(key) and key not in taken:
                sidecar = sidecars.get(key)
                parts = (stored.tag, sidecar.tag if sidecar else "", rules.mark)
                yield SourceObject(stored, sidecar, "|".join(filter(None, parts)))


def is_below(key: str, folders: Iterable[str]) -> bool:
    """Whether `key` stands below one of the listed folders."""
    return any(not folder or key.startswith(f"{folder}/") for folder in folders)


def read_objects(
    store: ObjectStore, objects: Iterable[SourceObject], rules: SourceRules
) -> Iterator[tuple[SourceObject, Parsed]]:
    """Yield objects in the order given, each with what is parsed of it while it is gone through.

    Sixteen are opened ahead. What the store says against one object is one more `Quarantined`; where it gave none of
    them, and refuses or does not answer, its error is raised at the end.
    """
    errors: list[StorageError] = []
    count = 0
    for one, opened in prefetched(partial(_open, store), objects, _READERS):
        count += 1
        yield one, _parsed(one, opened, rules, errors)
    if errors and len(errors) == count and isinstance(errors[0], (StorageAccessError, StorageUnavailableError)):
        raise errors[0]


def _open(store: ObjectStore, one: SourceObject) -> _Opened:
    """Ask for the beginning of an object, and for its sidecar."""
    file = open_object(store, one.stored)
    file.peek(1)
    if one.sidecar is None:
        return file, None
    with open_object(store, one.sidecar) as sidecar:
        return file, sidecar.read(MAX_METADATA_BYTES + 1)


def _parsed(one: SourceObject, opened: Future[_Opened], rules: SourceRules, errors: list[StorageError]) -> Parsed:
    try:
        file, sidecar = opened.result()
        with file:
            fields = read_sidecar(one.sidecar.key, sidecar, rules) if one.sidecar and sidecar is not None else {}
            yield from parse_object(one.key, file, rules, fields)
    except StorageError as error:
        errors.append(error)
        yield Quarantined(one.key, Reason.UNREADABLE, str(error))
    except UnreadableError as error:
        yield error.quarantined(one.key)


def _sidecar_of(key: str, found: Mapping[str, StoredObject]) -> StoredObject | None:
    stem = key[: key.lower().rindex(format_of(key))]
    return next((found[stem + suffix] for suffix in _SIDECAR_SUFFIXES if stem + suffix in found), None)
