"""Records of pushes: one small file in the lake for each version and repository, and what changed since the last.

hub/<owner>/<name>/<version>.json
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from ownvoice.storage.damage import readable
from ownvoice.storage.lake import Lake
from ownvoice.storage.layout import PUSHES, log_entry_key, push_key, pushes_key


@dataclass(frozen=True, slots=True)
class Pushed:
    """A dataset version on the Hub: `revision` is the commit that holds it."""

    repo_id: str
    version: int
    digest: str
    revision: str


def record_push(lake: Lake, pushed: Pushed) -> None:
    """Write down what was pushed."""
    lake.write_json(push_key(pushed.repo_id, pushed.version), asdict(pushed))


def last_push(lake: Lake, repo_id: str) -> Pushed | None:
    """Return the newest version that was pushed to a repository, or None."""
    keys = sorted(_keys(lake, pushes_key(repo_id)))
    return _read(lake, keys[-1]) if keys else None


def pushes_of_version(lake: Lake, version: int) -> list[Pushed]:
    """Return the pushes of a dataset version to the Hub: none, or one for each repository."""
    name = f"{version:08}"
    return [_read(lake, key) for key in sorted(_keys(lake, PUSHES)) if PurePosixPath(key).stem == name]


def dates_changed(lake: Lake, since: int, until: int) -> set[str] | None:
    """Return the refresh dates whose pairs changed between two versions; None where the log no longer tells."""
    dates: set[str] = set()
    for number in range(since + 1, until + 1):
        entry = lake.log_entry("pairs", number)
        if entry is None:
            return None
        with readable(lake.uri, log_entry_key("pairs", number)):
            found = list(_dates_in(entry))
        if None in found:
            return None
        dates.update(filter(None, found))
    return dates


def _dates_in(entry: bytes) -> Iterator[str | None]:
    """Yield the refresh date of each file that an entry of the log adds or removes; None where it says none."""
    for action in map(json.loads, entry.splitlines()):
        if file := action.get("add") or action.get("remove"):
            yield (file.get("partitionValues") or {}).get("refresh_date")


def _keys(lake: Lake, folder: str) -> Iterator[str]:
    return (stored.key for stored in lake.store.objects(folder))


def _read(lake: Lake, key: str) -> Pushed:
    pushed = lake.read_record(key, lambda stored: Pushed(**stored))
    assert pushed is not None, "it was listed just now"
    return pushed
