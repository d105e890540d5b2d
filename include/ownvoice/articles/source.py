"""Reading objects of the source: opened ahead, each with a boundary around whatever it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import filterfalse
from typing import BinaryIO

from ownvoice.articles.article import Quarantined, ReadResult, Reason, quarantined_for
from ownvoice.articles.formats.front_matter import with_tables
from ownvoice.articles.formats.metadata_values import MAX_METADATA_BYTES
from ownvoice.articles.formats.opened import Fields, OpenedObject
from ownvoice.articles.formats.read import read_object
from ownvoice.articles.formats.sidecar import read_sidecar
from ownvoice.articles.objects import SourceObject
from ownvoice.articles.prefetch import prefetch
from ownvoice.articles.sidecars import may_hold_articles
from ownvoice.config.source_rules import SourceRules
from ownvoice.errors import DiskError, StorageAccessError, StorageError, StorageUnavailableError
from ownvoice.storage.listed import StoredObject
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.streamed import open_object

_OPENED_AHEAD = 16  # each holds the first four megabytes of its object; the rest is fetched as it is parsed


_Begun = tuple[BinaryIO, list[bytes]]
"""An open object, and the bytes of each of its sidecars."""


def read_objects(
    store: ObjectStore, objects: Iterable[SourceObject], rules: SourceRules, witness: SourceObject | None = None
) -> Iterator[tuple[SourceObject, Iterator[ReadResult]]]:
    """Yield the objects in the order given, each with an iterator that reads it.

    Sixteen objects are opened ahead. An error of the store on one object is one more `Quarantined`. Raises that error
    at the end where every object met one, the first was a refusal or no answer, and `witness`, an object that was read
    by an earlier run, cannot be read either: then the store is at fault. Raises `DiskError` at once where this machine
    has no room to read an object.
    """
    errors: list[StorageError] = []
    count = 0
    for one, begun in prefetch(partial(_begin, store), objects, _OPENED_AHEAD):
        count += 1
        yield one, _results(one, begun, rules, errors)
    at_fault = isinstance(next(iter(errors), None), (StorageAccessError, StorageUnavailableError))
    if at_fault and len(errors) == count and not _can_be_read(store, witness):
        raise errors[0]


def _can_be_read(store: ObjectStore, one: SourceObject | None) -> bool:
    try:
        return one is not None and bool(_begin(store, one))
    except StorageError:
        return False


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
            sidecars = [part for stored, data in pairs for part in _fields(stored.key, data, one.key, rules)]
            results = read_object(OpenedObject(one.key, file, sidecars), rules)
            yield from filterfalse(_has_no_content, results) if one.describes else results
    except DiskError:
        raise
    except StorageError as error:
        errors.append(error)
        yield Quarantined(one.key, Reason.UNREADABLE, str(error))
    except Exception as error:  # of a sidecar, or of a reader: whatever it is, it costs this object alone
        yield quarantined_for(one.key, error)


def _has_no_content(result: ReadResult) -> bool:
    return isinstance(result, Quarantined) and result.reason == Reason.MISSING_FIELD


def _fields(key: str, data: bytes, described: str, rules: SourceRules) -> list[Fields]:
    return with_tables(read_sidecar(key, data, rules, or_articles=may_hold_articles(key, described)))
