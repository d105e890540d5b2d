import pytest

from ownvoice.states import (
    ARTICLE_TRANSITIONS,
    STATE_AFTER,
    ArticleEvent,
    ArticleState,
    ChunkEvent,
    ChunkState,
    is_live,
    is_settled,
    may_replace_pairs,
    next_article_state,
)


def reachable(transitions, start):
    found, edge = set(), {start}
    while edge:
        found |= edge
        edge = {after for (before, _), after in transitions.items() if before in found} - found
    return found


def test_every_article_state_can_be_reached_from_never_seen():
    assert reachable(ARTICLE_TRANSITIONS, None) == {None, *ArticleState}


def test_every_event_of_a_chunk_has_a_state_and_every_state_an_event():
    assert set(STATE_AFTER) == set(ChunkEvent)
    assert set(STATE_AFTER.values()) == set(ChunkState)


def test_every_event_of_an_article_can_happen_in_some_state():
    assert {event for _, event in ARTICLE_TRANSITIONS} == set(ArticleEvent)


def test_a_removed_article_comes_back_as_pending():
    state = None
    for event in (ArticleEvent.APPEARED, ArticleEvent.SETTLED, ArticleEvent.VANISHED, ArticleEvent.APPEARED):
        state = next_article_state(state, event)
    assert state is ArticleState.PENDING


def test_no_event_takes_an_article_that_is_gone_further_away():
    leaving = {event for (state, event) in ARTICLE_TRANSITIONS if state is ArticleState.REMOVED}
    assert leaving == {ArticleEvent.APPEARED, ArticleEvent.COPIED, ArticleEvent.CONSENT_REFUSED}


@pytest.mark.parametrize("state", [s for s in ArticleState if is_live(s)])
def test_every_article_in_the_source_can_vanish_or_be_edited_or_renamed(state):
    assert next_article_state(state, ArticleEvent.VANISHED) is ArticleState.REMOVED
    assert next_article_state(state, ArticleEvent.EDITED) is ArticleState.PENDING
    assert next_article_state(state, ArticleEvent.RENAMED) is state


def test_an_event_out_of_turn_is_refused():
    with pytest.raises(KeyError):
        next_article_state(ArticleState.REMOVED, ArticleEvent.SETTLED)


def test_an_article_is_settled_when_every_chunk_is_answered_or_dead():
    assert is_settled([ChunkState.ANSWERED, ChunkState.REUSED, ChunkState.DEAD])
    assert not is_settled([ChunkState.ANSWERED, ChunkState.DEFERRED])


def test_pairs_of_an_earlier_text_stay_until_the_new_text_is_settled():
    halfway = [ChunkEvent.ANSWER_ARRIVED, ChunkEvent.NOT_AFFORDED]
    assert not may_replace_pairs(halfway, written_sha256="old", article_sha256="new")
    assert may_replace_pairs([ChunkEvent.ANSWER_ARRIVED], written_sha256="old", article_sha256="new")
    assert may_replace_pairs(halfway, written_sha256=None, article_sha256="new")
    assert may_replace_pairs(halfway, written_sha256="new", article_sha256="new")


@pytest.mark.parametrize("event", [ChunkEvent.BATCH_FAILED, ChunkEvent.CUT_BY_LIMIT])
def test_pairs_of_the_same_text_stay_while_a_chunk_was_not_looked_at(event):
    events = [ChunkEvent.ANSWER_ARRIVED, event]
    assert not may_replace_pairs(events, written_sha256="same", article_sha256="same")
    assert may_replace_pairs(events, written_sha256=None, article_sha256="same")
