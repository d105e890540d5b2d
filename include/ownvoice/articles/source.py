"""The source: which of its objects a run lists, and reading those that changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import chain, filterfalse
from typing import BinaryIO

from ownvoice.articles.article import Quarantined, ReadResult, Reason, UnreadableError
from ownvoice.articles.formats.metadata_values import MAX_METADATA_BYTES
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.articles.formats.read import read_object
from ownvoice.articles.formats.sidecar import read_sidecar
from ownvoice.articles.formats.table import format_of
from ownvoice.articles.prefetch import prefetch
from ownvoice.articles.sidecars import may_hold_articles, names_taken, sidecars_by_key
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import StorageAccessError, StorageError, StorageUnavailableError
from ownvoice.storage.stores import ObjectStore, StoredObject
from ownvoice.storage.streamed import open_object

_DAY_FOLDER = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")
_OPENED_AHEAD = 16  # each holds the first four megabytes of its object; the rest is fetched as it is parsed


@dataclass(frozen=True, slots=True)
class SourceObject:
    """An object that holds articles; `tag` changes with its bytes, with those of its sidecars, and with the rules.

    `describes` says that it may be a sidecar of another object instead, and then holds no article.
    """

    stored: StoredObject
    sidecars: tuple[StoredObject, ...]
    describes: bool
    tag: str

    @property
    def key(self) -> str:
        """The key of the object itself."""
        return self.stored.key


_Begun = tuple[BinaryIO, list[bytes]]
"""An open object, and the bytes of each of its sidecars."""


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
    """Yield the objects below `folders` that are in a known format, each with its sidecars.

    A sidecar is not listed as an object of its own.
    """
    for folder in folders:
        found = {stored.key: stored for stored in store.objects(folder)}
        sidecars = sidecars_by_key(found)
        taken, described = names_taken(sidecars), set(chain.from_iterable(sidecars.values()))
        for key in found:
            if format_of(key) and key not in taken:
                stored, beside = found[key], tuple(found[name] for name in sidecars.get(key, ()))
                tag = "|".join([stored.tag, *(one.tag for one in beside), rules.mark])
                yield SourceObject(stored, beside, key in described, tag)


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
    """Fetch the beginning of an object, and its sidecars."""
    file = open_object(store, one.stored)
    file.peek(1)
    return file, [_read_sidecar(store, sidecar) for sidecar in one.sidecars]


def _read_sidecar(store: ObjectStore, stored: StoredObject) -> bytes:
    with open_object(store, stored) as sidecar:
        return sidecar.read(MAX_METADATA_BYTES + 1)


def _results(
    one: SourceObject, begun: Future[_Begun], rules: SourceRules, errors: list[StorageError]
) -> Iterator[ReadResult]:
    try:
        file, beside = begun.result()
        with file:
            pairs = zip(one.sidecars, beside, strict=True)
            sidecars = [_fields(stored.key, data, one.key, rules) for stored, data in pairs]
            results = read_object(OpenedObject(one.key, file, sidecars), rules)
            yield from filterfalse(_has_no_content, results) if one.describes else results
    except StorageError as error:
        errors.append(error)
        yield Quarantined(one.key, Reason.UNREADABLE, str(error))
    except UnreadableError as error:
        yield error.quarantined(one.key)


def _has_no_content(result: ReadResult) -> bool:
    return isinstance(result, Quarantined) and result.reason == Reason.MISSING_FIELD


def _fields(key: str, data: bytes, described: str, rules: SourceRules) -> Fields:
    return read_sidecar(key, data, rules, or_articles=may_hold_articles(key, described))
