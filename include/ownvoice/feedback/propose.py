"""From what events come to, to the rows of a round: ids, provenance, and the difference to what is recorded. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ownvoice.feedback.decide import Decided, Draft
from ownvoice.feedback.event import Event
from ownvoice.feedback.reasons import Fate
from ownvoice.feedback.stored import EventFate, FeedbackRow
from ownvoice.imports.table import row_id
from ownvoice.states import ProvenanceClass
from ownvoice.storage.rows import ImportedRow

FEEDBACK_SET = "feedback"
"""The name of the set in tables/imported."""

LICENCE = "consent of the person"


@dataclass(frozen=True, slots=True)
class Origin:
    """The round that rows come from: its number, the run that collects it, and when."""

    number: int
    run: str
    at: dt.datetime

    @property
    def revision(self) -> str:
        """What stands for the commit of a set from the Hub."""
        return f"round-{self.number:08}"


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier rounds left: the fate of each event, the row ids that are recorded, and what people decided."""

    fates: Mapping[str, EventFate]
    recorded: Collection[str]
    released: Collection[str]
    left_out: Collection[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a round would change: rows to record, rows that wait, recorded rows to withdraw, and every event's fate."""

    rows: list[FeedbackRow]
    held: list[FeedbackRow]
    to_withdraw: tuple[str, ...]
    fates: list[EventFate]

    @property
    def changes(self) -> bool:
        """Whether there is anything for a person to decide, or to know."""
        return bool(self.rows or self.to_withdraw or any(one.is_new for one in self.fates))


def propose(events: Iterable[Event], decided: Decided, known: Known, origin: Origin) -> Proposal:
    """Return the difference between what `events` come to and what is recorded."""
    made = [_row(draft, origin) for draft in decided.drafts]
    wanted = [one for one in made if _is_wanted(one, known)]
    return Proposal(
        [one for one in wanted if one.row_id not in known.recorded],
        [one for one in made if one.held and not _is_wanted(one, known) and one.row_id not in known.left_out],
        tuple(sorted(set(known.recorded) - {one.row_id for one in wanted})),
        [_fate(one, decided.fates.get(one.event_id), known.fates) for one in events],
    )


def _is_wanted(one: FeedbackRow, known: Known) -> bool:
    return one.row_id not in known.left_out and (not one.held or one.row_id in known.released)


def _row(draft: Draft, origin: Origin) -> FeedbackRow:
    first = draft.events[0]
    provenance = ProvenanceClass.EDITED_BY_AUTHOR if draft.by_author else ProvenanceClass.HUMAN_PREFERENCE
    row: ImportedRow = {
        "row_id": row_id(FEEDBACK_SET, first.turns, draft.chosen, draft.rejected),
        "set": FEEDBACK_SET,
        "revision": origin.revision,
        "licence": LICENCE,
        "import_id": f"{FEEDBACK_SET}@{origin.revision}",
        "source_file": first.source_file,
        "source_row": first.source_row,
        "source_sha256": first.source_sha256,
        "provenance_class": provenance,
        "prompt_messages": [{"role": turn["role"], "content": turn["content"]} for turn in first.turns],
        "chosen": draft.chosen,
        "rejected": draft.rejected,
        "author_id": first.author_id if draft.by_author else None,
        "person": first.person,
        "score_margin": None,
        "imported_by_run": origin.run,
        "imported_at": origin.at,
    }
    held = draft.held
    comment = " · ".join(filter(None, (one.comment for one in draft.events)))
    return FeedbackRow(
        row,
        [one.event_id for one in draft.events],
        first.model,
        comment,
        held.reason.name if held else "",
        held.detail if held else "",
    )


def _fate(event: Event, fate: Fate | None, known: Mapping[str, EventFate]) -> EventFate:
    outcome, reason = (fate.reason.outcome, fate.reason.name) if fate else ("row", "")
    before = known.get(event.event_id)
    is_new = before is None or (before.outcome, before.reason) != (outcome, reason)
    detail = fate.detail if fate else ""
    return EventFate(event.event_id, outcome, reason, detail, is_new, event.source_file, event.source_row)
