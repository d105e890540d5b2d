"""What the earlier rounds left: the events that count, those that never come again, and what people decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ownvoice.feedback.event import Event
from ownvoice.feedback.rounds import FeedbackRound
from ownvoice.feedback.stored import EventFate, read_events, read_fates
from ownvoice.storage.lake import Lake


@dataclass(slots=True)
class History:
    """Events of approved rounds (`kept`) by id; ids of rejected ones, and of those that were taken out since (`gone`).

    `fates` are the last ones of each event. `released` and `left_out` are row ids.
    """

    kept: dict[str, Event] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    fates: dict[str, EventFate] = field(default_factory=dict)

    def with_read(self, read: Iterable[Event]) -> list[Event]:
        """Return every event that counts: the earlier ones, and what was read now, without what was rejected."""
        now = {one.event_id: one for one in read if one.event_id not in self.rejected}
        return list((self.kept | now).values())


def read_history(lake: Lake, earlier: Iterable[FeedbackRound]) -> History:
    """Return what decided rounds left, the oldest first."""
    found = History()
    taken: set[str] = set()
    for made in earlier:
        fates = {one.event_id: one for one in read_fates(lake, made)}
        with_text = {name for name, one in fates.items() if one.outcome != "dropped"}
        if made.decision and made.decision.how == "approved":
            found.kept |= {one.event_id: one for one in read_events(lake, made)}
            found.released |= set(made.decision.released)
            found.left_out |= set(made.decision.left_out)
            found.fates |= fates
            taken |= with_text
        elif made.decision:
            # Nothing follows from it: what it drops stays known, and what it says of events before it does not count.
            found.rejected |= with_text - taken
            found.fates = {name: one for name, one in fates.items() if one.outcome == "dropped"} | found.fates
    found.gone = taken - found.kept.keys()
    return found
