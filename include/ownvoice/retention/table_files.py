"""Which files of the Delta tables no version names: what a killed writer left, or one whose commit was lost.

Every version stays readable: a file that any entry of a table's log adds is never a candidate, though a later one
retires it. Nothing of a table is one where its log is not whole from its first entry on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from ownvoice.retention.places import TABLE_FILE, TABLE_TEMPORARY, known_as
from ownvoice.retention.rules import TABLE_FILES
from ownvoice.retention.runs import Candidate
from ownvoice.storage.damage import readable
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import log_entry_key
from ownvoice.storage.listed import StoredObject


def table_candidates(lake: Lake, objects: Mapping[str, list[StoredObject]]) -> Iterator[Candidate]:
    """Yield the files that no version of their table names; `objects` are by table, its log included."""
    for name, found in objects.items():
        named = _named_files(lake, name, {one.key for one in found})
        if named is not None:
            yield from ((TABLE_FILES, one.modified_s, one) for one in _unnamed(found, named))


def _unnamed(found: Iterable[StoredObject], named: frozenset[str]) -> Iterator[StoredObject]:
    for one in found:
        known = known_as(one.key)
        assert known is not None, "unknown objects belong to no table"
        if known.place == TABLE_TEMPORARY or (known.place == TABLE_FILE and known.part not in named):
            yield one


def _named_files(lake: Lake, table: str, keys: set[str]) -> frozenset[str] | None:
    """Return every file that an entry of the log adds, below the table's folder; None where entries are missing."""
    log = log_entry_key(table, 0).rpartition("/")[0]
    entries = sorted(key for key in keys if key.startswith(f"{log}/") and key.endswith(".json"))
    if not entries or entries != [log_entry_key(table, number) for number in range(len(entries))]:
        return None
    return frozenset(path for key in entries for path in _added(lake, key))


def _added(lake: Lake, key: str) -> Iterator[str]:
    with readable(lake.uri, key):
        actions = [json.loads(line) for line in (lake.store.read(key) or b"").splitlines()]
        for action in actions:
            if "add" in action:
                yield unquote(action["add"]["path"])
