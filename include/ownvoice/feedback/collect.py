"""Collecting a round: read the source, decide, and write down what it would change, for a person to approve.

Files that are read again create nothing: an event is known by its content, and a round is the difference between what
all events come to and what is recorded. So a newer vote, a consent that was given or taken back, or a pair that a lone
thumb becomes half of, changes what was recorded before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable

from ownvoice.articles.tombstones import tombstones
from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.errors import SettingsError
from ownvoice.feedback.apply import apply_round
from ownvoice.feedback.decide import Guards, decide
from ownvoice.feedback.event import Event, Salted, events_of
from ownvoice.feedback.history import History, read_history
from ownvoice.feedback.people import consents, salter, withdrawn_people
from ownvoice.feedback.propose import FEEDBACK_SET, Known, Origin, Proposal, propose
from ownvoice.feedback.read_source import SourceRead, read_source
from ownvoice.feedback.rounds import FeedbackRound, find_round, rounds
from ownvoice.feedback.stored import write_events, write_fates, write_feedback_rows
from ownvoice.imports.table import read_imported
from ownvoice.pairs.evaluation import read_evaluation_sets
from ownvoice.storage.feedback_keys import FeedbackKeys
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore

_REFUSED_NAMED = 100


def collect_round(
    lake: Lake,
    source: ObjectStore,
    rules: FeedbackRules,
    run: str,
    evaluation_sets: tuple[str, ...] = (),
    *,
    held_too: bool = False,
    met: SourceRead | None = None,
) -> FeedbackRound | None:
    """Collect a round and return it; None where nothing is new. A run that is repeated returns its own.

    What of the source is read and refused is added to `met`, also where no round is made. With `held_too`, rows that
    are held make a round even where nothing is new, so that they can be released.
    Raises `SettingsError` where an earlier round waits for a person.
    """
    earlier = rounds(lake)
    if earlier and earlier[-1].is_open:
        if earlier[-1].run == run:
            return earlier[-1]
        raise SettingsError(
            f"round {earlier[-1].number} of feedback waits for a person: `ownvoice feedback show`, then `approve` or "
            "`reject` it. Nothing was collected."
        )
    for one in earlier:
        if one.decision and not one.applied:
            apply_round(lake, one)
    salt, met = salter(lake), met or SourceRead()
    read = list(events_of(read_source(source, met), Salted(salt, rules.authors)))
    history = read_history(lake, earlier)
    events = history.with_read(read)
    decided = decide(events, rules, _guards(lake, rules, salt, evaluation_sets, history.gone))
    origin = Origin(earlier[-1].number + 1 if earlier else 1, run, dt.datetime.now(dt.UTC))
    proposal = propose(events, decided, _known(lake, history), origin)
    if not proposal.changes and not (held_too and proposal.held):
        return None
    made = _round(proposal, origin, source, met)
    return _write(lake, made, proposal, [one for one in events if one.event_id not in history.kept])


def _known(lake: Lake, history: History) -> Known:
    recorded = {row["row_id"] for row in read_imported(lake, sets=[FEEDBACK_SET])}
    return Known(history.fates, recorded, history.released - history.left_out, history.left_out)


def _guards(
    lake: Lake,
    rules: FeedbackRules,
    salt: Callable[[str], str],
    evaluation_sets: tuple[str, ...],
    gone: Collection[str],
) -> Guards:
    stones, grams = tombstones(lake), read_evaluation_sets(lake, evaluation_sets)

    def taken_down(event: Event) -> bool:
        if event.event_id in gone or not stones:
            return event.event_id in gone
        texts = [*(turn["content"] for turn in event.turns), event.answer, event.other or ""]
        by_author = event.author_id and stones.refuses(author_id=event.author_id)
        return bool(by_author) or any(stones.refuses(text=text) for text in texts if text.strip())

    return Guards(consents(rules, salt), grams.row_in, taken_down, withdrawn_people(lake))


def _round(proposal: Proposal, origin: Origin, source: ObjectStore, met: SourceRead) -> FeedbackRound:
    new = [one for one in proposal.fates if one.is_new]
    reasons = {
        outcome: dict(sorted(Counter(one.reason for one in new if one.outcome == outcome).items()))
        for outcome in ("dropped", "held")
    }
    return FeedbackRound(
        number=origin.number,
        run=origin.run,
        draft=hashlib.sha256(f"{origin.run} {origin.at.isoformat()}".encode()).hexdigest()[:12],
        source=source.uri,
        collected_at=origin.at,
        objects=met.objects,
        known=len(proposal.fates) - len(new),
        in_rows=sum(one.outcome == "row" for one in new),
        **reasons,
        rows=len(proposal.rows),
        rows_by_class=dict(sorted(Counter(one.row["provenance_class"] for one in proposal.rows).items())),
        held_rows=len(proposal.held),
        to_withdraw=proposal.to_withdraw,
        refused=tuple(str(one) for one in met.refused[:_REFUSED_NAMED]),
        refused_count=len(met.refused),
    )


def _write(lake: Lake, made: FeedbackRound, proposal: Proposal, events: Iterable[Event]) -> FeedbackRound:
    """Write a round; its record comes last, and of two that collect at the same time one alone writes it."""
    keys = FeedbackKeys(made.number)
    with_text = {one.event_id for one in proposal.fates if one.outcome != "dropped"}
    parts = keys.events(made.draft), keys.fates(made.draft), keys.rows(made.draft)
    write_events(lake, parts[0], (one for one in events if one.event_id in with_text))
    write_fates(lake, parts[1], proposal.fates)
    write_feedback_rows(lake, parts[2], [*proposal.rows, *proposal.held])
    record = made.model_dump_json(indent=1, exclude={"decision", "applied"}).encode()
    if not lake.store.create(keys.round, record):
        for part in parts:
            lake.store.delete(part)
        raise SettingsError(
            f"another run has collected round {made.number} of feedback at the same time: look at that one."
        )
    found = find_round(lake, made.number)
    assert found is not None, "it was created just now"
    return found
