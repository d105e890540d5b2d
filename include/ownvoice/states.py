"""The life of an article and of a chunk: the one table of states and transitions.

Every task asks this module and decides nothing by itself. It knows no storage, no model and no Airflow.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class ArticleState(StrEnum):
    """Where an article stands. An article that was never seen has no state."""

    PENDING = "pending"  # some chunk of its present text is not answered yet
    CURRENT = "current"  # every chunk of its present text is answered or dead, and its pairs are committed
    DUPLICATE = "duplicate"  # another article of its cluster is generated from; this one is not
    CONSENT_REFUSED = "withheld"  # its author does not consent; it is not generated from, and its pairs are retired
    REMOVED = "removed"  # gone from the source; its pairs are retired


class ArticleEvent(StrEnum):
    """What a night finds out about an article."""

    APPEARED = "appeared"
    EDITED = "edited"
    RENAMED = "renamed"
    COPIED = "copied"  # its text is that of an article that is generated from already
    PROMOTED = "promoted"  # what kept it back is gone: the article it was a duplicate of, or a refused consent
    CONSENT_REFUSED = "withheld"  # consent is refused for its text
    VANISHED = "vanished"
    RETRIED = "retried"  # a person wants its dead chunks asked about again
    SETTLED = "settled"


_A, _E = ArticleState, ArticleEvent

ARTICLE_TRANSITIONS: dict[tuple[ArticleState | None, ArticleEvent], ArticleState] = {
    (None, _E.APPEARED): _A.PENDING,
    (None, _E.COPIED): _A.DUPLICATE,
    (None, _E.CONSENT_REFUSED): _A.CONSENT_REFUSED,
    (_A.PENDING, _E.EDITED): _A.PENDING,
    (_A.PENDING, _E.RENAMED): _A.PENDING,
    (_A.PENDING, _E.COPIED): _A.DUPLICATE,
    (_A.PENDING, _E.CONSENT_REFUSED): _A.CONSENT_REFUSED,
    (_A.PENDING, _E.VANISHED): _A.REMOVED,
    (_A.PENDING, _E.RETRIED): _A.PENDING,
    (_A.PENDING, _E.SETTLED): _A.CURRENT,
    (_A.CURRENT, _E.EDITED): _A.PENDING,
    (_A.CURRENT, _E.RENAMED): _A.CURRENT,
    (_A.CURRENT, _E.COPIED): _A.DUPLICATE,
    (_A.CURRENT, _E.CONSENT_REFUSED): _A.CONSENT_REFUSED,
    (_A.CURRENT, _E.VANISHED): _A.REMOVED,
    (_A.CURRENT, _E.RETRIED): _A.PENDING,
    (_A.DUPLICATE, _E.EDITED): _A.PENDING,
    (_A.DUPLICATE, _E.RENAMED): _A.DUPLICATE,
    (_A.DUPLICATE, _E.COPIED): _A.DUPLICATE,
    (_A.DUPLICATE, _E.PROMOTED): _A.PENDING,
    (_A.DUPLICATE, _E.CONSENT_REFUSED): _A.CONSENT_REFUSED,
    (_A.DUPLICATE, _E.VANISHED): _A.REMOVED,
    (_A.CONSENT_REFUSED, _E.EDITED): _A.PENDING,
    (_A.CONSENT_REFUSED, _E.RENAMED): _A.CONSENT_REFUSED,
    (_A.CONSENT_REFUSED, _E.COPIED): _A.DUPLICATE,
    (_A.CONSENT_REFUSED, _E.PROMOTED): _A.PENDING,
    (_A.CONSENT_REFUSED, _E.CONSENT_REFUSED): _A.CONSENT_REFUSED,
    (_A.CONSENT_REFUSED, _E.VANISHED): _A.REMOVED,
    (_A.REMOVED, _E.APPEARED): _A.PENDING,
    (_A.REMOVED, _E.COPIED): _A.DUPLICATE,
    (_A.REMOVED, _E.CONSENT_REFUSED): _A.CONSENT_REFUSED,
}


class ChunkState(StrEnum):
    """Where a chunk stands within one refresh."""

    PLANNED = "planned"
    ANSWERED = "answered"  # asked and paid for in this refresh
    REUSED = "reused"  # a stored answer was found; nothing was asked
    DEFERRED = "deferred"  # left for a later refresh; nothing is lost
    DEAD = "dead"  # no usable answer after every try


class ChunkEvent(StrEnum):
    """What happens to a planned chunk."""

    ANSWER_ARRIVED = "answer_arrived"
    STORED_ANSWER_FOUND = "stored_answer_found"
    TRIES_USED_UP = "tries_used_up"
    NOT_ANSWERED = "not_answered"  # a fault that another night may mend
    TOO_LONG = "too_long"  # the model's context does not hold it; the next plan cuts it in two
    NOT_AFFORDED = "not_afforded"  # its worst case no longer fitted into the budget
    CUT_BY_LIMIT = "cut_by_limit"
    BATCH_FAILED = "batch_failed"
    PLANNED_AGAIN = "planned_again"
    RETRIED = "retried"  # a person wants it asked about again


_C, _F = ChunkState, ChunkEvent

CHUNK_TRANSITIONS: dict[tuple[ChunkState, ChunkEvent], ChunkState] = {
    (_C.PLANNED, _F.ANSWER_ARRIVED): _C.ANSWERED,
    (_C.PLANNED, _F.STORED_ANSWER_FOUND): _C.REUSED,
    (_C.PLANNED, _F.TRIES_USED_UP): _C.DEAD,
    (_C.PLANNED, _F.NOT_ANSWERED): _C.DEFERRED,
    (_C.PLANNED, _F.TOO_LONG): _C.DEFERRED,
    (_C.PLANNED, _F.NOT_AFFORDED): _C.DEFERRED,
    (_C.PLANNED, _F.CUT_BY_LIMIT): _C.DEFERRED,
    (_C.PLANNED, _F.BATCH_FAILED): _C.DEFERRED,
    (_C.DEFERRED, _F.PLANNED_AGAIN): _C.PLANNED,
    (_C.DEAD, _F.RETRIED): _C.PLANNED,
}

_SETTLED_CHUNKS = frozenset({_C.ANSWERED, _C.REUSED, _C.DEAD})
_NOT_LOOKED_AT = frozenset({_F.CUT_BY_LIMIT, _F.BATCH_FAILED})


def next_article_state(state: ArticleState | None, event: ArticleEvent) -> ArticleState:
    """Return the state after `event`; an event that cannot happen in `state` is a programming error."""
    return ARTICLE_TRANSITIONS[state, event]


def next_chunk_state(state: ChunkState, event: ChunkEvent) -> ChunkState:
    """Return the state after `event`; an event that cannot happen in `state` is a programming error."""
    return CHUNK_TRANSITIONS[state, event]


def is_live(state: ArticleState | None) -> bool:
    """Whether the article stands in the source, as far as the lake knows."""
    return state is not None and state is not _A.REMOVED


def is_settled(chunk_states: Iterable[ChunkState]) -> bool:
    """Whether nothing is left to ask about an article whose chunks stand so."""
    return all(state in _SETTLED_CHUNKS for state in chunk_states)


def may_replace_pairs(chunk_events: Iterable[ChunkEvent], written_sha256: str | None, article_sha256: str) -> bool:
    """Whether the pairs made tonight may take the place of those that stand.

    Pairs of an earlier text stay until every chunk of the new one is answered or dead. Pairs of the same text stay
    where some chunk was not looked at, which may have been the one they came from. Where none stand, what is there
    already may be written.
    """
    events = set(chunk_events)
    if written_sha256 == article_sha256:
        return _NOT_LOOKED_AT.isdisjoint(events)
    return written_sha256 is None or is_settled(next_chunk_state(_C.PLANNED, event) for event in events)
