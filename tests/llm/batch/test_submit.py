"""The batch API through the real SDK: the same answers as in realtime mode, each asked for once, within the budget."""

from __future__ import annotations

from collections import Counter

import pytest

from ownvoice.llm.budget import Spend, worst_case
from ownvoice.llm.request import longer_request, request_key
from ownvoice.storage.lake import Lake
from stand_ins.asking import asking
from stand_ins.batch_desk import ARRIVED, DEAD, FOUND, GOOD, LATER, UNAFFORDED, Desk, events, key
from stand_ins.model_server import ModelServer


@pytest.fixture
def desk(lake: Lake, model: ModelServer) -> Desk:
    return Desk(lake, model)


def test_answers_stand_under_the_same_keys_and_in_the_same_form_as_realtime_ones(desk: Desk) -> None:
    outcomes = desk.settle(*GOOD)
    assert events(outcomes) == [ARRIVED] * 4
    assert [outcome.prompt_tokens for outcome in outcomes] == [100] * 4
    (record,) = desk.answers(GOOD[0])
    desk.settle_in_realtime("good: at once")
    (at_once,) = desk.answers("good: at once")
    assert record.keys() - at_once.keys() == {"batch_id"}
    assert request_key(record["request"]) == record["request_key"] == key(GOOD[0])


def test_the_two_modes_mixed_on_one_lake_ask_each_chunk_once(desk: Desk) -> None:
    desk.settle_in_realtime(*GOOD[:2], run_id="last night")
    assert events(desk.settle(*GOOD)) == [FOUND, FOUND, ARRIVED, ARRIVED]
    assert events(desk.settle_in_realtime(*GOOD, "good: new", run_id="tomorrow")) == [FOUND] * 4 + [ARRIVED]
    assert set(Counter(request_key(body) for body in desk.model.bodies).values()) == {1}


def test_two_chunks_with_the_same_request_are_one_line(desk: Desk) -> None:
    outcomes = desk.settle("good: footer", "good: footer")
    assert events(outcomes) == [ARRIVED, FOUND]
    assert [outcome.prompt_tokens for outcome in outcomes] == [100, 0]
    assert desk.model.batch_jobs.billed == {key("good: footer"): 1}


def test_an_unusable_answer_is_asked_for_again_in_a_batch_of_its_own(desk: Desk) -> None:
    outcomes = desk.settle("good: one", "bad_json good: two", "empty bad_json empty: three")
    assert events(outcomes) == [ARRIVED, ARRIVED, DEAD]
    assert [outcome.attempts for outcome in outcomes] == [1, 2, 4]
    assert [len(batch.responses) for batch in desk.model.batch_jobs.jobs.values()] == [3, 2, 1, 1]


def test_one_failed_line_fails_no_neighbour(desk: Desk) -> None:
    outcomes = desk.settle("good: one", "too_long: two", "server_error good: three", "refused: four")
    assert events(outcomes) == [ARRIVED, DEAD, LATER, DEAD]
    assert [outcome.faults for outcome in outcomes] == [(), ("context_too_long",), ("server_error",), ("refused",)]
    again = desk.settle("good: one", "server_error good: three")
    assert events(again) == [ARRIVED, ARRIVED], "the next try asks again for what failed, and for nothing else"
    assert set(desk.model.batch_jobs.billed.values()) == {1}


def test_a_failed_line_is_not_asked_again_with_the_next_round_of_the_same_try(desk: Desk) -> None:
    outcomes = desk.settle("bad_json good: one", "server_error good: two")
    assert events(outcomes) == [ARRIVED, LATER]
    assert [len(batch.responses) for batch in desk.model.batch_jobs.jobs.values()] == [2, 1]


def test_an_answer_that_was_cut_off_is_asked_for_with_twice_the_tokens_in_the_next_batch(desk: Desk) -> None:
    text = "truncated good: one"
    (outcome,) = desk.settle(text)
    assert (outcome.event, outcome.attempts, outcome.faults) == (ARRIVED, 2, ("truncated",))
    assert [body["max_tokens"] for body in desk.model.bodies] == [2000, 4000]
    assert outcome.request_key == request_key(longer_request(asking(text)[0].body))


def test_another_run_finds_the_batch_that_asks_for_longer_answers(desk: Desk) -> None:
    text = "truncated good: one"
    (first,) = desk.submit(text, run_id="monday")
    desk.model.batch_jobs.end(first, "completed")
    desk.model.batch_jobs.hold = True
    second = desk.submit(text, run_id="monday")
    assert desk.submit(text, run_id="tuesday") == second


def test_a_model_that_gives_no_longer_answers_loses_the_chunk_and_no_other(desk: Desk) -> None:
    outcomes = desk.settle("truncated bad_max_tokens: one", "good: two")
    assert events(outcomes) == [DEAD, ARRIVED]
    assert outcomes[0].faults == ("truncated", "bad_request")


def test_what_the_budget_does_not_allow_at_its_worst_is_left_for_another_night(desk: Desk) -> None:
    worst = worst_case(None, asking(GOOD[0])[0].body).tokens
    desk.share = Spend(2.5 * worst, 1)
    outcomes = desk.settle(*GOOD)
    assert events(outcomes) == [ARRIVED, ARRIVED, UNAFFORDED, UNAFFORDED]
    assert [outcome.faults for outcome in outcomes] == [()] * 4
    assert len(desk.model.batch_jobs.jobs) == 1, "what it came to less than its worst buys no further round"
    assert events(desk.settle(*GOOD, run_id="next night")) == [FOUND, FOUND, ARRIVED, ARRIVED]


def test_what_an_earlier_try_spent_counts_against_the_budget(desk: Desk) -> None:
    (spent,) = desk.settle(GOOD[0])
    worst = worst_case(None, asking(GOOD[1])[0].body).tokens
    desk.share = Spend(worst + spent.prompt_tokens + spent.completion_tokens - 1, 1)
    assert events(desk.settle(*GOOD[:2])) == [ARRIVED, UNAFFORDED]
    desk.share = Spend(desk.share.tokens + 1, 1)
    assert events(desk.settle(*GOOD[:2])) == [ARRIVED, ARRIVED]
