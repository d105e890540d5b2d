"""Which files of the Delta tables may go: those that no version names, and by an option those of old versions.

Without the option every version stays readable: a file that any entry of a table's log adds is no candidate, though a
later one retires it. Nothing of a table is one where its log is not whole from its first entry on.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ownvoice.retention.places import TABLE_FILE, TABLE_TEMPORARY, known_as
from ownvoice.retention.rules import OLD_VERSIONS, TABLE_FILES
from ownvoice.retention.runs import Candidate
from ownvoice.storage.damage import readable
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import log_entry_key
from ownvoice.storage.listed import StoredObject
from ownvoice.storage.versions import all_versions

KeptVersions = Mapping[str, Collection[int]]
"""By table, the versions of it that stay readable beside its newest; a table that is not in it keeps all."""


@dataclass(frozen=True, slots=True)
class _Named:
    """The files of a table, below its folder: those that any version names, and those that a kept one does.

    `retired_s` says when a version was committed that names a file no longer, in seconds since 1970: until then a
    reader of the newest version may have opened it.
    """

    by_any: frozenset[str]
    by_kept: frozenset[str]
    retired_s: Mapping[str, float]


def kept_versions(lake: Lake, newest: int, trained_on: frozenset[int]) -> KeptVersions:
    """Return what stays readable of each table where the `newest` so many dataset versions are kept.

    Those that a training names are kept too. Rows of chunks are only added, and pages read them for every run.
    """
    versions = all_versions(lake)
    kept = [one for one in versions if one in versions[-newest:] or one.number in trained_on]
    named = {"pairs": [one.number for one in kept], "articles": [one.articles_version for one in kept]}
    return {**named, "runs": [], "judgements": [], "imported": []}


def table_candidates(
    lake: Lake, objects: Mapping[str, Iterable[StoredObject]], kept: KeptVersions
) -> Iterator[Candidate]:
    """Yield the files that may go; `objects` are by table, its log included."""
    for table, found in objects.items():
        listed = list(found)
        named = _named(lake, table, {one.key for one in listed}, kept.get(table))
        yield from (_candidates(listed, named) if named else ())


def _candidates(found: Iterable[StoredObject], named: _Named) -> Iterator[Candidate]:
    for one in found:
        known = known_as(one.key)
        assert known is not None, "unknown objects belong to no table"
        if known.place == TABLE_TEMPORARY or (known.place == TABLE_FILE and known.part not in named.by_any):
            yield TABLE_FILES, one.modified_s, one
        elif known.place == TABLE_FILE and known.part not in named.by_kept:
            yield OLD_VERSIONS, max(one.modified_s, named.retired_s.get(known.part, 0.0)), one


def _named(lake: Lake, table: str, keys: set[str], kept: Collection[int] | None) -> _Named | None:
    """Return the files that a table's log names; None where entries of it are missing."""
    log = log_entry_key(table, 0).rpartition("/")[0]
    entries = sorted(key for key in keys if key.startswith(f"{log}/") and key.endswith(".json"))
    if not entries or entries != [log_entry_key(table, number) for number in range(len(entries))]:
        return None
    by_any, by_kept, live = set[str](), set[str](), set[str]()
    retired_s: dict[str, float] = {}
    for number, key in enumerate(entries):
        added, removed = _changes(lake, key)
        live = live - removed.keys() | added
        by_any |= added
        retired_s |= removed
        if kept is None or number in kept or key == entries[-1]:
            by_kept |= live
    return _Named(frozenset(by_any), frozenset(by_kept), retired_s)


def _changes(lake: Lake, key: str) -> tuple[set[str], dict[str, float]]:
    """Return the files that an entry of a log adds, and when it removed others, in seconds since 1970."""
    with readable(lake.uri, key):
        actions = [json.loads(line) for line in (lake.store.read(key) or b"").splitlines()]
        removed = _of(actions, "remove")
        return (
            {unquote(one["path"]) for one in _of(actions, "add")},
            {unquote(one["path"]): one.get("deletionTimestamp", 0) / 1000 for one in removed},
        )


def _of(actions: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one[kind] for one in actions if kind in one]
