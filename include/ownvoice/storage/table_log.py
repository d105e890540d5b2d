"""The log of a Delta table as it stands: one object a version, each a few lines of JSON.

The tables are read and written through deltalake. What it has no way to say is said here: which files every version of
a table names, and the same log without what it must not hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from ownvoice.errors import StorageError
from ownvoice.storage.damage import readable
from ownvoice.storage.lake import Lake, statistics_of
from ownvoice.storage.layout import log_entry_key, table_key
from ownvoice.storage.tables import measured_columns

Action = dict[str, Any]
"""One line of an entry: an object with one key, such as `add`, that says what it is."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """The entry of one version, under its `key`."""

    version: int
    key: str
    actions: tuple[Action, ...]

    def of(self, kind: str) -> Iterator[Action]:
        """Yield what the lines of a kind say."""
        return (action[kind] for action in self.actions if kind in action)

    def as_bytes(self) -> bytes:
        """Return the entry as the log holds it."""
        return "\n".join(json.dumps(action, separators=(",", ":")) for action in self.actions).encode()


def log_entries(lake: Lake, table: str) -> list[LogEntry]:
    """Return the whole log of a table, oldest first; none where there is no such table.

    Raises `StorageError` where an entry between the first and the last is missing.
    """
    keys = sorted(one.key for one in lake.store.objects(_log_folder(table)) if one.key.endswith(".json"))
    if keys != [log_entry_key(table, number) for number in range(len(keys))]:
        raise StorageError(
            f"{lake.uri}/{_log_folder(table)} lacks an entry between its first and its last. Put the folder back from "
            "a backup of the lake, and run again; nothing was changed."
        )
    return [_entry(lake, number, key) for number, key in enumerate(keys)]


def checkpoints(lake: Lake, table: str) -> list[str]:
    """Return the keys of what repeats the log of a table in one file; without it, opening the table takes longer."""
    keys = (one.key for one in lake.store.objects(_log_folder(table)))
    return sorted(key for key in keys if key.endswith("_last_checkpoint") or ".checkpoint" in key)


def file_key(table: str, path: str) -> str:
    """Return the key of a file by its path in the log of a table."""
    return f"{table_key(table)}/{unquote(path)}"


def partitions_of_files(entries: Iterable[LogEntry]) -> dict[str, dict[str, str]]:
    """Return the partition values of each file that any entry adds, by path."""
    return {add["path"]: add.get("partitionValues") or {} for entry in entries for add in entry.of("add")}


def files_by_version(entries: Iterable[LogEntry]) -> dict[int, frozenset[str]]:
    """Return the paths of the files that each version of a table names."""
    live = frozenset[str]()
    found: dict[int, frozenset[str]] = {}
    for entry in entries:
        removed = {one["path"] for one in entry.of("remove")}
        live = live - removed | {one["path"] for one in entry.of("add")}
        found[entry.version] = live
    return found


def _entry(lake: Lake, number: int, key: str) -> LogEntry:
    with readable(lake.uri, key):
        return LogEntry(number, key, tuple(map(json.loads, (lake.store.read(key) or b"").splitlines())))


def _log_folder(table: str) -> str:
    return f"{table_key(table)}/_delta_log"


def rewrite_log(lake: Lake, table: str, change: Callable[[LogEntry], LogEntry]) -> list[str]:
    """Put each entry that `change` changes in the place of itself, the newest first; return the keys of what changed.

    Whoever holds the lake may do it: a reader that opens the table meanwhile finds every version whole as long as each
    changed entry fits those before it, changed or not. Checkpoints go first, and are made again.
    """
    entries = log_entries(lake, table)
    changed = [new for entry in reversed(entries) if (new := change(entry)) != entry]
    if not changed:
        return []
    repeated = checkpoints(lake, table)
    for key in repeated:
        lake.store.delete(key)
    for entry in changed:
        lake.store.write(entry.key, entry.as_bytes())
    opened = lake.table_of_any_release(table) if repeated else None
    if opened is not None:
        opened.create_checkpoint()
    return [*repeated, *(entry.key for entry in changed)]


def without_values(entry: LogEntry, table: str) -> LogEntry:
    """Return an entry that says nothing of texts and ids: no smallest and largest values, and no search for rows.

    Where it says what the table is, it says that later entries shall have none either.
    """
    return replace(entry, actions=tuple(_without_values(action, table) for action in entry.actions))


def entries_with_values(lake: Lake, table: str) -> int:
    """Return how many entries of a table's log say something of texts or ids, or let later ones."""
    return sum(without_values(entry, table) != entry for entry in log_entries(lake, table))


def _without_values(action: Action, table: str) -> Action:
    kept = set(measured_columns(table))
    if "metaData" in action:
        meta = action["metaData"]
        return {"metaData": meta | {"configuration": meta.get("configuration", {}) | statistics_of(table)}}
    if "add" in action and action["add"].get("stats"):
        found = json.loads(action["add"]["stats"])
        left = {name: _of_columns(value, kept) for name, value in found.items()}
        return action if left == found else {"add": action["add"] | {"stats": json.dumps(left)}}
    if "commitInfo" in action and "predicate" in action["commitInfo"].get("operationParameters", {}):
        asked = {name: one for name, one in action["commitInfo"]["operationParameters"].items() if name != "predicate"}
        return {"commitInfo": action["commitInfo"] | {"operationParameters": asked}}
    return action


def _of_columns(statistic: Any, kept: Collection[str]) -> Any:
    if not isinstance(statistic, dict):
        return statistic
    return {column: value for column, value in statistic.items() if column in kept}
