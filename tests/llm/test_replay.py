"""A dead chunk that is asked about again: how often, what is paid, and what later runs find."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.context import RequestContext
from ownvoice.llm.failures import MAX_ANSWERS_PER_CHUNK
from ownvoice.llm.replay import NextRequest, replay
from ownvoice.llm.request import request_key
from ownvoice.llm.task_try import NO_TASK
from ownvoice.llm.workers import ask_chunks
from ownvoice.states import ChunkEvent
from ownvoice.triples.parse import parse_answer
from ownvoice.triples.request import request_body

FOUR_BAD = "bad_json empty bad_json empty"
TWELVE_BAD = f"{FOUR_BAD} {FOUR_BAD} {FOUR_BAD}: one"


@pytest.fixture
def settle(lake, model):
    """Settle one chunk in a run; return its outcome and how many requests that took."""

    def settle(text, run_id, *, is_retry=False):
        outcomes, asked = [], len(model.bodies)
        access = ModelAccess(model.base_url, "key")
        asyncio.run(
            ask_chunks(
                [ask(text, is_retry)], AnswerStore(lake.store), access, outcomes.append, RequestContext(run_id=run_id)
            ),
        )
        return outcomes[0], len(model.bodies) - asked

    return settle


def ask(text, is_retry):
    body = request_body(GenerationRecipe(), text)
    return ChunkRequest("article", 0, request_key(body), body, is_retry, read=parse_answer)


def test_it_has_as_many_tries_again_and_no_more_in_the_same_run(settle):
    assert settle(TWELVE_BAD, "first")[1] == MAX_ANSWERS_PER_CHUNK
    outcome, asked = settle(TWELVE_BAD, "again", is_retry=True)
    assert (outcome.event, asked) == (ChunkEvent.TRIES_USED_UP, MAX_ANSWERS_PER_CHUNK)
    assert (outcome.attempts, outcome.requests) == (2 * MAX_ANSWERS_PER_CHUNK, MAX_ANSWERS_PER_CHUNK)
    outcome, asked = settle(TWELVE_BAD, "again", is_retry=True)
    assert (outcome.event, asked) == (ChunkEvent.TRIES_USED_UP, 0), "a repeated task asks nothing more"
    assert settle(TWELVE_BAD, "a third", is_retry=True)[1] == MAX_ANSWERS_PER_CHUNK


def test_an_ordinary_night_asks_nothing_about_it_before_or_after(settle):
    settle(f"{FOUR_BAD} {FOUR_BAD}: one", "first")
    for run_id in ("second", "third"):
        outcome, asked = settle(f"{FOUR_BAD} {FOUR_BAD}: one", run_id)
        assert (outcome.event, asked) == (ChunkEvent.TRIES_USED_UP, 0)


def test_a_good_answer_beyond_its_first_tries_is_found_by_every_later_run(settle):
    settle(f"{FOUR_BAD} bad_json good: one", "first")
    outcome, asked = settle(f"{FOUR_BAD} bad_json good: one", "again", is_retry=True)
    assert (outcome.event, asked, outcome.attempts) == (ChunkEvent.ANSWER_ARRIVED, 2, 6)
    outcome, asked = settle(f"{FOUR_BAD} bad_json good: one", "third")
    assert (outcome.event, asked, outcome.attempts) == (ChunkEvent.STORED_ANSWER_FOUND, 0, 6)


def test_a_refusal_and_an_answer_that_stays_too_long_are_asked_about_again_too(settle):
    for script in ("refused good", "truncated bad_json empty bad_json good"):
        assert settle(f"{script}: one", "first")[0].event is ChunkEvent.TRIES_USED_UP
        outcome, asked = settle(f"{script}: one", "again", is_retry=True)
        assert (outcome.event, asked) == (ChunkEvent.ANSWER_ARRIVED, 1)
        assert settle(f"{script}: one", "third")[0].event is ChunkEvent.STORED_ANSWER_FOUND


def test_in_batch_mode_the_answer_after_the_bad_ones_is_wanted(settle, lake):
    settle(f"{FOUR_BAD} good: one", "first")
    dead = ask(f"{FOUR_BAD} good: one", is_retry=False)
    answers = AnswerStore(lake.store)
    found = asyncio.run(replay(dead, answers, "again", NO_TASK, {}))
    assert not isinstance(found, NextRequest)
    assert found.event is ChunkEvent.TRIES_USED_UP
    wanted = asyncio.run(replay(replace(dead, is_retry=True), answers, "again", NO_TASK, {}))
    assert isinstance(wanted, NextRequest)
    assert wanted.attempt == MAX_ANSWERS_PER_CHUNK + 1
