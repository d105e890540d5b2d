"""The source: which of its objects a run lists, and reading those that changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from ownvoice.articles.article import Quarantined, ReadResult, Reason, UnreadableError
from ownvoice.articles.formats.metadata_values import MAX_METADATA_BYTES
from ownvoice.articles.formats.opened import OpenedObject
from ownvoice.articles.formats.read import read_object
from ownvoice.articles.formats.sidecar import read_sidecar
from ownvoice.articles.formats.table import format_of, stem_of
from ownvoice.articles.prefetch import prefetch
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import StorageAccessError, StorageError, StorageUnavailableError
from ownvoice.storage.stores import ObjectStore, StoredObject
from ownvoice.storage.streamed import open_object

_DAY_FOLDER = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")
_SIDECAR_SUFFIXES = (".json", ".yaml", ".yml")
_OPENED_AHEAD = 16  # each holds the first four megabytes of its object; the rest is fetched as it is parsed


@dataclass(frozen=True, slots=True)
class SourceObject:
    """An object that holds articles; `tag` changes with its bytes, with those of its sidecar, and with the rules."""

    stored: StoredObject
    sidecar: StoredObject | None
    tag: str

    @property
    def key(self) -> str:
        """The key of the object itself."""
        return self.stored.key


_Begun = tuple[BinaryIO, bytes | None]
"""An open object, and the bytes of its sidecar."""


def folders_to_list(store: ObjectStore, prefix: str, since: dt.date | None) -> list[str]:
    """Return the folders that a run lists, as prefixes of keys.

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
    """Yield the objects below `folders` that are in a known format, each with its sidecar if it has one.

    The sidecar of `a.md` is `a.json`, `a.yaml` or `a.yml` beside it. A sidecar is not listed as an object of its own.
    """
    for folder in folders:
        found = {stored.key: stored for stored in store.objects(folder)}
        formats = {key: known for key in found if (known := format_of(key))}
        sidecars = {key: _sidecar_of(key, found) for key, known in formats.items() if known.takes_sidecar}
        taken = {sidecar.key for sidecar in sidecars.values() if sidecar}
        for key in formats:
            if key not in taken:
                stored, sidecar = found[key], sidecars.get(key)
                parts = (stored.tag, sidecar.tag if sidecar else "", rules.mark)
                yield SourceObject(stored, sidecar, "|".join(filter(None, parts)))


def is_below(key: str, folders: Iterable[str]) -> bool:
    """Whether `key` is below one of `folders`; the empty folder is the whole source."""
    return any(not folder or key.startswith(f"{folder}/") for folder in folders)


def read_objects(
    store: ObjectStore, objects: Iterable[SourceObject], rules: SourceRules
) -> Iterator[tuple[SourceObject, Iterator[ReadResult]]]:
    """Yield the objects in the order given, each with an iterator that reads it.

    Sixteen objects are opened ahead. An error of the store on one object is one more `Quarantined`. Raises that error
    at the end where every object met one and the first was a refusal or no answer: then the store is at fault.
    """
    errors: list[StorageError] = []
    count = 0
    for one, begun in prefetch(partial(_begin, store), objects, _OPENED_AHEAD):
        count += 1
        yield one, _results(one, begun, rules, errors)
    if errors and len(errors) == count and isinstance(errors[0], (StorageAccessError, StorageUnavailableError)):
        raise errors[0]


def _begin(store: ObjectStore, one: SourceObject) -> _Begun:
    """Fetch the beginning of an object, and its sidecar."""
    file = open_object(store, one.stored)
    file.peek(1)
    if one.sidecar is None:
        return file, None
    with open_object(store, one.sidecar) as sidecar:
        return file, sidecar.read(MAX_METADATA_BYTES + 1)


def _results(
    one: SourceObject, begun: Future[_Begun], rules: SourceRules, errors: list[StorageError]
) -> Iterator[ReadResult]:
    try:
        file, sidecar = begun.result()
        with file:
            fields = read_sidecar(one.sidecar.key, sidecar, rules) if one.sidecar and sidecar is not None else {}
            yield from read_object(OpenedObject(one.key, file, fields), rules)
    except StorageError as error:
        errors.append(error)
        yield Quarantined(one.key, Reason.UNREADABLE, str(error))
    except UnreadableError as error:
        yield error.quarantined(one.key)


def _sidecar_of(key: str, found: Mapping[str, StoredObject]) -> StoredObject | None:
    stem = stem_of(key)
    return next((found[stem + suffix] for suffix in _SIDECAR_SUFFIXES if stem + suffix in found), None)
