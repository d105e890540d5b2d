"""Asking endpoints for work that is no refresh: once, within its share, in both modes, whoever was killed."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys

import pytest

from ownvoice.answering.asking import ask_to_the_end, usable_answer
from ownvoice.errors import ModelAccessError, ModelUnavailableError
from ownvoice.llm.batch.waiting import BatchJobsRunningError
from ownvoice.llm.budget import Spend
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.request import request_key
from ownvoice.states import ChunkEvent
from ownvoice.storage.run_keys import RunKeys
from stand_ins.ask_and_die import ask_as_judges, questions
from stand_ins.model_behaviour import Behaviour
from stand_ins.places import TESTS

ARRIVED, FOUND, UNAFFORDED = ChunkEvent.ANSWER_ARRIVED, ChunkEvent.STORED_ANSWER_FOUND, ChunkEvent.NOT_AFFORDED
ANSWER_TOKENS = 110  # what the stand-in bills for an answer, prompt and completion together
KEYS = RunKeys("manual/judging")


def settle(lake, model, requests, mode="realtime", **options):
    """Ask until no batch job works on the answers."""
    access = ModelAccess(model.base_url, "offline")
    asking = lambda: ask_as_judges(lake, model.base_url, requests, mode, **options)  # noqa: E731
    return ask_to_the_end(asking, lambda _: access, lambda _: None)


def die(lake, model, mode, place, tokens=math.inf):
    """Ask eight questions in a process that dies at `place`."""
    script = str(TESTS / "stand_ins" / "ask_and_die.py")
    died = subprocess.run(
        [sys.executable, script, lake.uri, model.base_url, mode, place, str(tokens)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr


@pytest.fixture(autouse=True)
def _polls_often(monkeypatch):
    monkeypatch.setattr("ownvoice.answering.asking._POLL_INTERVAL_S", 0.01)


@pytest.mark.parametrize("mode", ["realtime", "batch"])
def test_outcomes_come_in_the_order_of_the_requests_and_their_answers_are_read_by_them(mode, lake, model):
    requests = [*questions(4), *questions(2, "judge-2"), *questions(1, "judge-3", "other_api")]
    outcomes = settle(lake, model, requests, mode)
    assert [one.event for one in outcomes] == [ARRIVED] * 7
    assert [one.request_key for one in outcomes] == [one.request_key for one in requests]
    for request, outcome in zip(requests, outcomes, strict=True):
        record = usable_answer(lake, request, outcome)
        assert record["request"] == request.body
        assert record["bought_for"] == ["manual/judging", "article", request.chunk_index]


@pytest.mark.parametrize("mode", ["realtime", "batch"])
def test_requests_of_the_same_words_are_paid_for_once_and_each_has_its_outcome(mode, lake, model):
    first, second = questions(2)
    outcomes = settle(lake, model, [first, second, first, first], mode)
    assert [one.request_key for one in outcomes] == [one.request_key for one in (first, second, first, first)]
    assert model.totals.billed == 2


@pytest.mark.parametrize("mode", ["realtime", "batch"])
def test_a_cut_answer_is_asked_for_at_length_and_counts_for_its_request(mode, lake, model):
    (request,) = questions(1)
    body = request.body | {"messages": [{"role": "user", "content": "truncated good: a long reason"}]}
    cut = type(request)("article", 7, request_key(body), body)
    _, outcome = settle(lake, model, [request, cut], mode)
    assert (outcome.chunk_index, outcome.event) == (7, ARRIVED)
    assert usable_answer(lake, cut, outcome)["request"]["max_tokens"] == 200


@pytest.mark.parametrize("mode", ["realtime", "batch"])
def test_nothing_is_asked_of_no_requests(mode, lake, model):
    assert settle(lake, model, [], mode) == []
    assert model.totals.requests == 0


@pytest.mark.parametrize("mode", ["realtime", "batch"])
def test_what_a_share_does_not_allow_stays_so_however_often_the_work_is_done(mode, lake, model):
    share = Spend(600, math.inf)
    for _ in range(3):
        events = [one.event for one in settle(lake, model, questions(8), mode, share=share)]
        assert UNAFFORDED in events
        assert model.totals.billed * ANSWER_TOKENS <= share.tokens
        assert events.count(UNAFFORDED) == 8 - model.totals.billed


def test_a_realtime_work_that_was_killed_asks_for_the_rest_and_its_share_goes_on_where_it_was(lake, model):
    share = Spend(1000, math.inf)
    die(lake, model, "realtime", "3", share.tokens)
    assert model.totals.requests == 3
    assert 3 * ANSWER_TOKENS <= lake.read_json(KEYS.spending("judges"))["tokens"] <= share.tokens
    events = [one.event for one in settle(lake, model, questions(8), share=share)]
    assert events[:3] == [ARRIVED] * 3, "its run paid for them, whichever process did"
    assert model.totals.requests == events.count(ARRIVED) < 8
    assert model.totals.requests * ANSWER_TOKENS <= share.tokens
    assert [one.event for one in settle(lake, model, questions(8))] == [ARRIVED] * 8
    assert model.totals.requests == 8


@pytest.mark.parametrize("place", ["create_batch_job", "record_batch_id"])
def test_a_batch_work_that_was_killed_finds_its_job_again(place, lake, model):
    die(lake, model, "batch", f"ownvoice.llm.batch.submit:{place}")
    events = [one.event for one in settle(lake, model, questions(8), "batch")]
    assert events == [ARRIVED] * 8
    assert set(model.batch_jobs.billed.values()) == {1}
    assert len(model.batch_jobs.jobs) == 1
    assert [one.key for one in lake.store.objects(KEYS.batch_jobs)] != []
    assert list(lake.store.objects(KEYS.open_batch_jobs)) == []


def test_answers_of_a_batch_job_are_collected_by_a_realtime_work_too(lake, model):
    with pytest.raises(BatchJobsRunningError):
        ask_as_judges(lake, model.base_url, questions(3), "batch")
    events = [one.event for one in settle(lake, model, questions(4))]
    assert events == [ARRIVED] * 4
    assert model.totals.billed == 4


@pytest.mark.parametrize("mode", ["realtime", "batch"])
def test_an_endpoint_that_answers_too_few_fails_the_work_by_its_name_and_keeps_what_arrived(
    mode, lake, model, short_waits
):
    settle(lake, model, questions(2), mode)
    model.reset(Behaviour(good="server_error"))
    with pytest.raises(ModelUnavailableError, match=r"judges: 6 of 8 judgements were left"):
        settle(lake, model, questions(8), mode)
    model.reset(Behaviour())
    assert [one.event for one in settle(lake, model, questions(2), mode)] == [ARRIVED] * 2
    assert model.totals.requests == 0


def test_an_endpoint_that_refuses_the_key_ends_the_work(lake, model):
    model.reset(Behaviour(like="LiteLLM: wrong_key"))
    with pytest.raises(ModelAccessError):
        settle(lake, model, questions(3))
