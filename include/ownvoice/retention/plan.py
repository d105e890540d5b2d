"""A plan of what to delete of a lake: one listing, sorted into what may go, what is kept, and what is unknown."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ownvoice.retention import places
from ownvoice.retention.answers import answer_candidates
from ownvoice.retention.places import known_as
from ownvoice.retention.rules import ANSWERS, LEASES, MIN_AGE_DAYS, OLD_VERSIONS, PROBES, RULES, UNFINISHED, Rule
from ownvoice.retention.runs import Candidate, RunFolder, run_candidates, trained_versions
from ownvoice.retention.table_files import KeptVersions, kept_versions, table_candidates
from ownvoice.storage.lake import Lake
from ownvoice.storage.listed import StoredObject

_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person asked for: the kinds to look at, an age in days in place of each rule's own, answers too or not.

    `keep_versions` is how many of the newest dataset versions stay readable; without it, all do.
    """

    kinds: frozenset[str] = frozenset(rule.kind for rule in RULES)
    days: int | None = None
    answers: bool = False
    keep_versions: int | None = None

    def looks_at(self, rule: Rule) -> bool:
        """Whether a rule was asked for: by its kind, and by its option if it has one."""
        by_option = {ANSWERS: self.answers, OLD_VERSIONS: self.keep_versions is not None}
        return rule.kind in self.kinds and by_option.get(rule, True)

    def days_of(self, rule: Rule) -> int:
        """Return the age in days from which a rule lets go."""
        return max(rule.days if self.days is None else self.days, MIN_AGE_DAYS)

    def is_old_enough(self, rule: Rule, since_s: float, now: dt.datetime) -> bool:
        """Whether what was last written at `since_s` (seconds since 1970) may go by a rule at `now`."""
        return now.timestamp() - since_s >= self.days_of(rule) * _DAY_S


@dataclass(frozen=True, slots=True)
class Part:
    """The objects that may go by one rule, in the order in which they are to be deleted."""

    rule: Rule
    objects: tuple[StoredObject, ...]

    @property
    def size_bytes(self) -> int:
        """The sum of their sizes."""
        return sum(one.size for one in self.objects)

    @property
    def oldest_s(self) -> float | None:
        """When the oldest of them was written, in seconds since 1970; None where there are none."""
        return min((one.modified_s for one in self.objects), default=None)


@dataclass(frozen=True, slots=True)
class CleaningPlan:
    """What may go, a part for each rule that was looked at.

    `kept_objects` and `kept_bytes` count the rest by place; `unknown` are keys that Ownvoice does not write, and names
    that the store could not list.
    """

    parts: tuple[Part, ...]
    kept_objects: Counter[str]
    kept_bytes: Counter[str]
    unknown: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """One listing of a lake, sorted by place. Answers are held only where they are asked for: there may be millions."""

    objects: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    runs: dict[str, RunFolder] = field(default_factory=dict)
    tables: dict[str, list[StoredObject]] = field(default_factory=lambda: defaultdict(list))
    answers: list[StoredObject] = field(default_factory=list)
    leases: list[StoredObject] = field(default_factory=list)
    probes: list[StoredObject] = field(default_factory=list)
    open_jobs: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)


def plan_cleaning(lake: Lake, choice: Choice, now: dt.datetime) -> CleaningPlan:
    """Return what may go of a lake at `now`. Nothing is changed."""
    found = _found(lake, with_answers=choice.answers)
    chosen: dict[str, list[StoredObject]] = defaultdict(list)
    for rule, since_s, one in _candidates(lake, found, choice):
        if choice.looks_at(rule) and choice.is_old_enough(rule, since_s, now):
            chosen[rule.kind].append(one)
            if rule is not UNFINISHED:  # no listing has it
                _count(found, one, -1)
    parts = tuple(Part(rule, tuple(chosen[rule.kind])) for rule in RULES if choice.looks_at(rule))
    return CleaningPlan(parts, +found.objects, +found.sizes, tuple(sorted(found.unknown)))


def _candidates(lake: Lake, found: _Found, choice: Choice) -> Iterator[Candidate]:
    yield from run_candidates(lake, found.runs, frozenset(found.open_jobs))
    yield from table_candidates(lake, found.tables, _kept_versions(lake, found, choice))
    yield from ((UNFINISHED, one.modified_s, one) for one in lake.store.unfinished() if _is_ours(one))
    yield from ((LEASES, one.modified_s, one) for one in _all_but_newest(found.leases))
    yield from ((PROBES, one.modified_s, one) for one in found.probes)
    yield from answer_candidates(lake, found.answers, _pair_files(found)) if found.answers else ()


def _kept_versions(lake: Lake, found: _Found, choice: Choice) -> KeptVersions:
    trained_on = trained_versions(lake, found.runs) if choice.keep_versions else None
    return {} if trained_on is None else kept_versions(lake, choice.keep_versions or 0, trained_on)


def _found(lake: Lake, *, with_answers: bool) -> _Found:
    found = _Found()
    for one in lake.store.listing():
        known = known_as(one.key) if isinstance(one, StoredObject) else None
        if known is None or not isinstance(one, StoredObject):
            found.unknown.append(one.key)
            continue
        _count(found, one, 1)
        match known.place:
            case places.RUN:
                found.runs.setdefault(known.run, RunFolder(known.run)).objects[known.part] = one
            case places.TABLE_FILE | places.TABLE_LOG | places.TABLE_TEMPORARY:
                found.tables[known.table].append(one)
            case places.LEASE:
                found.leases.append(one)
            case places.PROBES:
                found.probes.append(one)
            case places.OPEN_JOBS:
                found.open_jobs.add(known.run)
            case places.ANSWERS if with_answers:
                found.answers.append(one)
    return found


def _count(found: _Found, one: StoredObject, sign: int) -> None:
    place = one.key.partition("/")[0]
    found.objects[place] += sign
    found.sizes[place] += sign * one.size


def _is_ours(unfinished: StoredObject) -> bool:
    """Whether it was to become an object of the layout; a folder's client adds `#` and a number to the name."""
    return known_as(unfinished.key.rpartition("#")[0] or unfinished.key) is not None


def _all_but_newest(leases: Iterable[StoredObject]) -> list[StoredObject]:
    return sorted(leases, key=lambda one: one.key)[:-1]


def _pair_files(found: _Found) -> list[StoredObject]:
    return [one for one in found.tables["pairs"] if (known := known_as(one.key)) and known.place == places.TABLE_FILE]
