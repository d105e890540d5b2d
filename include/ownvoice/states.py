"""States of articles and chunks, and the events that lead to them: the one table of each.

Tasks ask this module for the next state and never decide it themselves. It knows no storage, no model and no Airflow.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class ProvenanceClass(StrEnum):
    """Who is behind a row that a model is trained on, and so how it can be proved."""

    VERBATIM = "verbatim"  # an own pair: the chosen answer is proved against the author's original
    EDITED_BY_AUTHOR = "edited_by_author"  # the author's edit of a model's answer is the chosen one
    HUMAN_PREFERENCE = "human_preference"  # people preferred one of two answers
    MODEL_PREFERENCE = "model_preference"  # a model rated the answers, or was taken for the better one unrated
    IDENTITY = "identity"  # from templates: who made the model


OWN_VOICE = (ProvenanceClass.VERBATIM, ProvenanceClass.EDITED_BY_AUTHOR)
"""The classes whose chosen answers are the author's own words."""


class ArticleState(StrEnum):
    """The state of an article. An article that was never seen has none."""

    PENDING = "pending"  # some chunk of its current text is neither answered nor dead
    CURRENT = "current"  # every chunk of its current text is answered or dead, and its pairs are committed
    DUPLICATE = "duplicate"  # not generated from: another article of its cluster is
    CONSENT_REFUSED = "withheld"  # not generated from, and its pairs are retired: its author refuses consent
    REMOVED = "removed"  # no longer in the source; its pairs are retired


GENERATED_FROM = (ArticleState.PENDING, ArticleState.CURRENT)
"""The states of the articles that pairs come from."""


class ArticleEvent(StrEnum):
    """What a refresh run finds out about an article."""

    APPEARED = "appeared"
    EDITED = "edited"
    RENAMED = "renamed"
    COPIED = "copied"  # it is a near-duplicate of an article that is generated from
    PROMOTED = "promoted"  # the reason not to generate from it is gone: its original was removed, or consent was given
    CONSENT_REFUSED = "withheld"  # its author refuses consent
    VANISHED = "vanished"
    RETRIED = "retried"  # a person asks for its dead chunks again
    SETTLED = "settled"  # every chunk is answered or dead


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
    """The state of a chunk at the end of one refresh run."""

    ANSWERED = "answered"  # asked and paid for in this run
    REUSED = "reused"  # a stored answer was found; nothing was asked
    DEFERRED = "deferred"  # left for a later run; nothing is lost
    DEAD = "dead"  # no usable answer after every try


class ChunkEvent(StrEnum):
    """What happens to a planned chunk in a run: one event decides its state."""

    ANSWER_ARRIVED = "answer_arrived"
    STORED_ANSWER_FOUND = "stored_answer_found"
    TRIES_USED_UP = "tries_used_up"
    NOT_ANSWERED = "not_answered"  # a failure that a later run may not meet
    TOO_LONG = "too_long"  # it exceeds the model's context; the next plan cuts it in two
    NOT_AFFORDED = "not_afforded"  # its worst case exceeded what was left of the budget
    CUT_BY_LIMIT = "cut_by_limit"  # the run was limited to fewer articles
    BATCH_FAILED = "batch_failed"
    TAKEN_DOWN = "taken_down"  # its article was taken down after it was planned; nothing was asked


STATE_AFTER: dict[ChunkEvent, ChunkState] = {
    ChunkEvent.ANSWER_ARRIVED: ChunkState.ANSWERED,
    ChunkEvent.STORED_ANSWER_FOUND: ChunkState.REUSED,
    ChunkEvent.TRIES_USED_UP: ChunkState.DEAD,
    ChunkEvent.NOT_ANSWERED: ChunkState.DEFERRED,
    ChunkEvent.TOO_LONG: ChunkState.DEFERRED,
    ChunkEvent.NOT_AFFORDED: ChunkState.DEFERRED,
    ChunkEvent.CUT_BY_LIMIT: ChunkState.DEFERRED,
    ChunkEvent.BATCH_FAILED: ChunkState.DEFERRED,
    ChunkEvent.TAKEN_DOWN: ChunkState.DEFERRED,
}
"""The state of a chunk after each event."""

_SETTLED_CHUNKS = frozenset({ChunkState.ANSWERED, ChunkState.REUSED, ChunkState.DEAD})
_NOT_LOOKED_AT = frozenset({ChunkEvent.CUT_BY_LIMIT, ChunkEvent.BATCH_FAILED})


def next_article_state(state: ArticleState | None, event: ArticleEvent) -> ArticleState:
    """Return the state after `event`. Raises `KeyError` where `event` cannot happen in `state`."""
    return ARTICLE_TRANSITIONS[state, event]


def is_live(state: ArticleState | None) -> bool:
    """Whether the article is in the source, as far as the lake knows."""
    return state is not None and state is not _A.REMOVED


def is_settled(chunk_states: Iterable[ChunkState]) -> bool:
    """Whether nothing is left to ask about an article whose chunks have these states."""
    return all(state in _SETTLED_CHUNKS for state in chunk_states)


def may_replace_pairs(chunk_events: Iterable[ChunkEvent], written_sha256: str | None, article_sha256: str) -> bool:
    """Whether the new pairs of an article may replace its committed ones, which were made from `written_sha256`.

    Pairs of an earlier text stay until every chunk of the new text is answered or dead. Pairs of the same text stay
    where some chunk was not looked at: it may be the one they came from. An article without committed pairs gets the
    new ones at once, even if only some of its chunks are answered.
    """
    events = set(chunk_events)
    if written_sha256 == article_sha256:
        return _NOT_LOOKED_AT.isdisjoint(events)
    return written_sha256 is None or is_settled(STATE_AFTER[event] for event in events)
