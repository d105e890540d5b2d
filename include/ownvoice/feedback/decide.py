"""What becomes of everything that was said: rows, rows that wait for a person, and drops by reason. Pure.

The same events and rules give the same rows, whatever was decided before: a round is the difference to what is
recorded. Every event has one fate, so that events = in rows + dropped + held.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.feedback.bursts import bursts
from ownvoice.feedback.event import Event
from ownvoice.feedback.private import personal_data_in, secret_in
from ownvoice.feedback.reasons import (
    CONTRADICTION,
    DUPLICATE,
    EDITED_ANSWER,
    IN_EVALUATION_SET,
    MODEL_RATING,
    NO_CONSENT,
    NO_MESSAGE,
    NOT_AN_AUTHOR,
    OVER_ANSWER_CAP,
    OVER_DAY_CAP,
    PERSONAL_DATA,
    REGENERATION,
    SAME_ANSWER,
    SECRET,
    SUPERSEDED,
    TAKEN_DOWN,
    WITHDRAWN,
    Fate,
)
from ownvoice.feedback.said import Kind

Fates = dict[str, Fate]
_VOTES = (Kind.UP, Kind.DOWN)


@dataclass(frozen=True, slots=True)
class Guards:
    """What is known of the world: whether a person agreed, and whether a takedown forbids an event.

    `evaluation_row` names a row of an evaluation set that a text holds. `withdrawn` are people who want nothing used.
    """

    consents: Callable[[Event], bool]
    evaluation_row: Callable[[str], str | None] = lambda _text: None
    taken_down: Callable[[Event], bool] = lambda _event: False
    withdrawn: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A row before it has its id: what `events` come to. A lone thumb has one answer alone."""

    events: tuple[Event, ...]
    chosen: str | None
    rejected: str | None
    by_author: bool = False
    held: Fate | None = None


@dataclass(slots=True)
class Decided:
    """The rows that events come to, and the fate of each event that is dropped or held, by event id."""

    drafts: list[Draft] = field(default_factory=list)
    fates: Fates = field(default_factory=dict)


def decide(events: Iterable[Event], rules: FeedbackRules, guards: Guards) -> Decided:
    """Return what becomes of `events`."""
    left = sorted(events, key=lambda one: one.order)
    fates: Fates = {}
    for one in left:
        if fate := _unfit(one, guards):
            fates[one.event_id] = fate
    left = _without(left, fates)
    held = bursts(left, rules)
    fates |= _superseded(left)
    left = _without(left, fates)
    held = _contradictions(_without(left, held)) | _edits_of_others(left) | held
    fates |= _over_the_day_cap(_without(left, held), rules.day_cap)
    decided = Decided(fates=fates)
    rows = _Rows(decided, rules.answer_cap)
    drafts = list(_drafts(_without(left, fates), held))
    for draft in drafts:
        if draft.held is None:
            rows.take(draft)
    for draft in drafts:
        if draft.held:
            rows.hold(draft, draft.held)
    return decided


def _without(events: Iterable[Event], fates: Mapping[str, Fate]) -> list[Event]:
    return [one for one in events if one.event_id not in fates]


def _unfit(event: Event, guards: Guards) -> Fate | None:
    """Return why one event alone, whatever else was said, makes no row."""
    if event.person in guards.withdrawn:
        return Fate(WITHDRAWN)
    if not guards.consents(event):
        return Fate(NO_CONSENT)
    if fate := _of_its_kind(event):
        return fate
    written = [*(turn["content"] for turn in event.turns), event.answer, event.other or ""]
    if found := secret_in([*written, event.comment, *event.tags]):
        return Fate(SECRET, found)
    if found := personal_data_in([*written, event.comment, *event.tags]):
        return Fate(PERSONAL_DATA, found)
    if guards.taken_down(event):
        return Fate(TAKEN_DOWN)
    row = next(filter(None, map(guards.evaluation_row, written)), None)
    return Fate(IN_EVALUATION_SET, row) if row else None


def _of_its_kind(event: Event) -> Fate | None:
    for kind, reason in ((Kind.MODEL_RATING, MODEL_RATING), (Kind.REGENERATION, REGENERATION)):
        if event.kind == kind:
            return Fate(reason)
    if not event.answer.strip() or not event.turns or event.turns[-1]["role"] != "user":
        return Fate(NO_MESSAGE)
    if event.kind in _VOTES:
        return None if event.other is None else Fate(EDITED_ANSWER)
    if not (event.other or "").strip():
        return Fate(NO_MESSAGE)
    return Fate(SAME_ANSWER) if event.answer.strip() == (event.other or "").strip() else None


def _matter(event: Event) -> tuple[str, ...]:
    """Return what an event is about, so that two of one person about the same are newer and older."""
    if event.kind == Kind.CHOICE:
        return (Kind.CHOICE, repr(event.turns), *sorted((event.answer, event.other or "")))
    return ("vote" if event.kind in _VOTES else event.kind, event.message_key)


def _superseded(events: Iterable[Event]) -> Fates:
    """Return every event but the newest of a person about the same; `events` are in order."""
    newest = {(one.person, _matter(one)): one.event_id for one in events}
    return {one.event_id: Fate(SUPERSEDED) for one in events if newest[one.person, _matter(one)] != one.event_id}


def _contradictions(events: Iterable[Event]) -> Fates:
    """Return the events that oppose another person's; those in a burst oppose nobody, or a burst could hold all."""
    sides: dict[tuple[str, ...], set[str]] = defaultdict(set)
    opposable = [one for one in events if one.kind != Kind.EDIT]
    for one in opposable:
        sides[_matter(one)].add(_side(one))
    return {one.event_id: Fate(CONTRADICTION) for one in opposable if len(sides[_matter(one)]) > 1}


def _side(event: Event) -> str:
    return event.answer if event.kind == Kind.CHOICE else event.kind


def _edits_of_others(events: Iterable[Event]) -> Fates:
    return {one.event_id: Fate(NOT_AN_AUTHOR) for one in events if one.kind == Kind.EDIT and not one.author_id}


def _over_the_day_cap(events: Iterable[Event], cap: int) -> Fates:
    said: Counter[tuple[str, object]] = Counter()
    fates: Fates = {}
    for one in events:
        day = one.person, one.said_at and one.said_at.date()
        said[day] += 1
        if said[day] > cap:
            fates[one.event_id] = Fate(OVER_DAY_CAP)
    return fates


def _drafts(events: Iterable[Event], held: Fates) -> Iterator[Draft]:
    """Yield the rows of `events`: pairs of thumbs first, so that a lone one is really alone."""
    paired: set[str] = set()
    for up, down in _thumb_pairs(_without(events, held)):
        paired |= {up.event_id, down.event_id}
        yield Draft((up, down), up.answer, down.answer)
    for one in events:
        if one.event_id not in paired:
            yield _draft(one, held.get(one.event_id))


def _draft(one: Event, held: Fate | None) -> Draft:
    if one.kind == Kind.EDIT:
        return Draft((one,), one.other, one.answer, by_author=bool(one.author_id), held=held)
    if one.kind == Kind.CHOICE:
        return Draft((one,), one.answer, one.other, held=held)
    if one.kind == Kind.UP:
        return Draft((one,), one.answer, None, held=held)
    return Draft((one,), None, one.answer, held=held)


def _thumb_pairs(events: Iterable[Event]) -> Iterator[tuple[Event, Event]]:
    """Yield a person's ups and downs under one parent message, each in one pair at most."""
    thumbs: dict[tuple[str, str, str], dict[str, list[Event]]] = defaultdict(lambda: {Kind.UP: [], Kind.DOWN: []})
    for one in events:
        if one.kind in _VOTES and one.parent_key:
            thumbs[one.person, one.parent_key, repr(one.turns)][one.kind].append(one)
    for found in thumbs.values():
        yield from zip(found[Kind.UP], found[Kind.DOWN], strict=False)


class _Rows:
    """The rows so far, so that each is there once and no answer has more than its share."""

    def __init__(self, decided: Decided, answer_cap: int) -> None:
        self._decided, self._answer_cap = decided, answer_cap
        self._taken: set[tuple[object, ...]] = set()
        self._held: set[tuple[object, ...]] = set()
        self._of_answer: Counter[str] = Counter()

    def take(self, draft: Draft) -> None:
        """Add a row that is not held, or say why not."""
        keys = {one.message_key for one in draft.events}
        if _content(draft) in self._taken:
            self._decide(draft, Fate(DUPLICATE))
        elif any(self._of_answer[key] >= self._answer_cap for key in keys):
            self._decide(draft, Fate(OVER_ANSWER_CAP))
        else:
            self._of_answer.update(keys)
            self._taken.add(_content(draft))
            self._decided.drafts.append(draft)

    def hold(self, draft: Draft, why: Fate) -> None:
        """Add a row that waits for a person; two that are the same wait as one."""
        if _content(draft) in self._taken:
            self._decide(draft, Fate(DUPLICATE))
            return
        self._decide(draft, why)
        if _content(draft) not in self._held:
            self._held.add(_content(draft))
            self._decided.drafts.append(draft)

    def _decide(self, draft: Draft, fate: Fate) -> None:
        self._decided.fates |= {one.event_id: fate for one in draft.events}


def _content(draft: Draft) -> tuple[object, ...]:
    return repr(draft.events[0].turns), draft.chosen, draft.rejected
