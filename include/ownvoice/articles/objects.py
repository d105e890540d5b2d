"""The objects of a source: which of them a run reads, with their sidecars, and which it passes over."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from ownvoice.articles.article import Quarantined, Reason
from ownvoice.articles.formats.table import format_of
from ownvoice.articles.passed_over import ending_of, most_frequent, pattern_that_matches
from ownvoice.articles.sidecars import names_taken, sidecars_by_key
from ownvoice.config.source_rules import SourceRules
from ownvoice.storage.listed import Listed, StoredObject, Unlisted
from ownvoice.storage.stores import ObjectStore

_DAY_FOLDER = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")


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


@dataclass(slots=True)
class SourceObjects:
    """The objects below `folders`: those to read by key, those that the store did not list, and counts of the others.

    `passed_over` counts by the pattern of the settings that matches a key, or by the key's ending.
    """

    folders: list[str]
    listed: dict[str, SourceObject] = field(default_factory=dict)
    unlisted: list[Quarantined] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)

    def are_without(self, key: str) -> bool:
        """Whether an object is gone: not listed, though everything at its place was."""
        closed = (one.source_key for one in self.unlisted)
        return (
            key not in self.listed
            and is_below(key, self.folders)
            and not any(key == name or key.startswith(f"{name}/") for name in closed)
        )


def folders_to_list(store: ObjectStore, prefix: str, since: dt.date | None) -> list[str]:
    """Return the folders that a run lists, as prefixes of keys.

    In a layout by day (nothing but folders `dt=YYYY-MM-DD/`) these are the day folders from `since` on; in any other
    layout, or where `since` is None, everything below `prefix`.
    """
    folders = store.folders(prefix) if since else []
    if not folders or not all(map(_is_day, folders)) or store.has_objects_beside_folders(prefix):
        return [prefix]
    base = f"{prefix}/" if prefix else ""
    return [f"{base}{name}" for name in folders if name >= f"dt={since}"]


def _is_day(folder: str) -> bool:
    found = _DAY_FOLDER.fullmatch(folder)
    try:
        return bool(found and dt.date.fromisoformat(found[1]))
    except ValueError:  # 2026-13-45
        return False


def is_below(key: str, folders: Iterable[str]) -> bool:
    """Whether `key` is below one of `folders`; the empty folder is the whole source."""
    return any(not folder or key.startswith(f"{folder}/") for folder in folders)


def list_objects(store: ObjectStore, folders: list[str], rules: SourceRules) -> SourceObjects:
    """List the objects below `folders`, each with its sidecars. A sidecar is not listed as an object of its own."""
    objects, endings = SourceObjects(folders), Counter[str]()
    for folder in folders:
        found: dict[str, Listed] = {}
        for one in store.listing(folder):
            if pattern := pattern_that_matches(one.key, rules.pass_over):
                objects.passed_over[pattern] += 1
            else:
                found[one.key] = one
        endings.update(_sort_out(objects, found, rules))
    objects.passed_over.update(most_frequent(endings))
    return objects


def _sort_out(objects: SourceObjects, found: Mapping[str, Listed], rules: SourceRules) -> Iterator[str]:
    """Add what was listed in one folder; yield the endings of what no reader takes.

    An article with a sidecar that was not listed is quarantined, because the sidecar may refuse consent.
    """
    sidecars = sidecars_by_key(found)
    taken, described = names_taken(sidecars), set(chain.from_iterable(sidecars.values()))
    for key, one in found.items():
        if key in taken or (key in described and format_of(key) is None):
            continue
        if format_of(key) is None and (isinstance(one, StoredObject) or one.is_file):
            yield ending_of(key)
            continue
        beside = [found[name] for name in sidecars.get(key, ())]
        closed = next((part for part in (one, *beside) if isinstance(part, Unlisted)), None)
        if closed:
            why = closed.why if closed is one else f"its sidecar {closed.key}: {closed.why}"
            objects.unlisted.append(Quarantined(key, Reason.UNREADABLE, why))
        elif isinstance(one, StoredObject):
            stored = tuple(part for part in beside if isinstance(part, StoredObject))
            tag = "|".join([one.tag, *(part.tag for part in stored), rules.mark])
            objects.listed[key] = SourceObject(one, stored, key in described, tag)
