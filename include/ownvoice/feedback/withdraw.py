"""Taking back what a person or an author said: out of tables/imported, and out of every round that holds its text.

A takedown calls this too. The fates of a round stay: they hold salted ids and no text. The exports in the source are
the owner's: what is read from them again is dropped as `withdrawn` or `taken_down`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ownvoice.feedback.event import Event
from ownvoice.feedback.people import mark_withdrawn, salter
from ownvoice.feedback.propose import FEEDBACK_SET
from ownvoice.feedback.rounds import rounds
from ownvoice.feedback.stored import (
    read_events,
    read_feedback_rows,
    write_events,
    write_feedback_rows,
)
from ownvoice.imports.table import read_imported, withdraw_imported
from ownvoice.storage.lake import Lake


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was taken back: row ids in tables/imported, and how many events; `keys` are the objects that changed."""

    row_ids: tuple[str, ...]
    events: int
    keys: tuple[str, ...]


def withdraw_person(lake: Lake, name: str) -> Withdrawn:
    """Take back all that a person of an export said, and refuse what is read of them later; a second time is none."""
    person = salter(lake)(name)
    mark_withdrawn(lake, person)
    return withdraw_events(lake, lambda one: one.person == person)


def withdraw_author(lake: Lake, author_id: str) -> Withdrawn:
    """Take back all that an author said, whichever of their answers it was about."""
    return withdraw_events(lake, lambda one: one.author_id == author_id)


def withdraw_events(lake: Lake, wanted: Callable[[Event], bool]) -> Withdrawn:
    """Take back the events that `wanted` names, and every row that one of them is part of."""
    events: set[str] = set()
    row_ids: set[str] = set()
    keys: list[str] = []
    for made in rounds(lake):
        stored = read_events(lake, made)
        events |= {one.event_id for one in stored if wanted(one)}
        rows = read_feedback_rows(lake, made)
        gone = {one.row_id for one in rows if not events.isdisjoint(one.events)}
        row_ids |= gone
        if len(left := [one for one in stored if one.event_id not in events]) < len(stored):
            write_events(lake, made.keys.events(made.draft), left)
            keys.append(made.keys.events(made.draft))
        if gone:
            write_feedback_rows(lake, made.keys.rows(made.draft), (one for one in rows if one.row_id not in gone))
            keys.append(made.keys.rows(made.draft))
    recorded = {row["row_id"] for row in read_imported(lake, sets=[FEEDBACK_SET])} & row_ids
    withdraw_imported(lake, sorted(recorded))
    return Withdrawn(tuple(sorted(recorded)), len(events), tuple(keys))
