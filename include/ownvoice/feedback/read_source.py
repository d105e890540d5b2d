"""Reading the source of feedback: a folder or a bucket of exports. One broken object never stops the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ownvoice.articles.passed_over import pattern_that_matches
from ownvoice.config.source_rules import PASSED_OVER
from ownvoice.errors import DiskError, StorageAccessError, StorageError, StorageUnavailableError
from ownvoice.feedback.formats.read import Refused, Source, pieces_of
from ownvoice.feedback.formats.records import MAX_OBJECT_BYTES, is_read
from ownvoice.feedback.said import Piece
from ownvoice.storage.listed import StoredObject, Unlisted
from ownvoice.storage.stores import ObjectStore


@dataclass(slots=True)
class SourceRead:
    """What was met while a source was read: how many objects were, and what was refused, by name."""

    objects: int = 0
    refused: list[Refused] = field(default_factory=list)


def read_source(store: ObjectStore, met: SourceRead) -> Iterator[tuple[Source, Piece]]:
    """Yield what every export in a store says, by key. What cannot be read is added to `met`.

    Raises an error of the store where it met every object with one: then the store is at fault, not they.
    """
    errors: list[StorageError] = []
    for one in sorted(store.listing(), key=lambda one: one.key):
        if not is_read(one.key) or pattern_that_matches(one.key, PASSED_OVER):
            continue
        met.objects += 1
        if isinstance(one, Unlisted):
            met.refused.append(Refused(one.key, "", one.why))
            continue
        try:
            data = _data(store, one)
        except DiskError:
            raise
        except StorageError as error:
            errors.append(error)
            met.refused.append(Refused(one.key, "", str(error)))
            continue
        yield from _pieces(one, data, met)
    if errors and len(errors) == met.objects and isinstance(errors[0], StorageAccessError | StorageUnavailableError):
        raise errors[0]


def _data(store: ObjectStore, one: StoredObject) -> bytes | None:
    return None if one.size > MAX_OBJECT_BYTES else store.read_range(one, 0, one.size) if one.size else b""


def _pieces(one: StoredObject, data: bytes | None, met: SourceRead) -> Iterator[tuple[Source, Piece]]:
    if not data:
        why = "it is empty" if data is not None else f"it has more than {MAX_OBJECT_BYTES:,} bytes: export it in parts"
        met.refused.append(Refused(one.key, "", why))
        return
    for piece in pieces_of(one.key, data):
        if isinstance(piece, Refused):
            met.refused.append(piece)
        else:
            yield piece
