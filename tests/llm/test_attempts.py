"""One chunk at a time: what each kind of answer and failure makes of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.failures import RULES, Failure
from ownvoice.llm.request import request_key
from ownvoice.llm.tally import Tally
from ownvoice.states import ChunkEvent
from stand_ins.asking import access, asking, settle, settle_asks
from stand_ins.model_server import ModelServer

pytestmark = pytest.mark.usefixtures("short_waits")


def test_every_chunk_has_one_outcome(model: ModelServer, answers: AnswerStore) -> None:
    texts = [f"good: chunk {number}" for number in range(20)]
    outcomes = settle(model, answers, *texts)
    assert [outcome.chunk_index for outcome in outcomes] == list(range(20))
    assert [outcome.request_key for outcome in outcomes] == [ask.request_key for ask in asking(*texts)]
    assert {outcome.event for outcome in outcomes} == {ChunkEvent.ANSWER_ARRIVED}


def test_an_answer_is_recorded_with_its_request_usage_and_time(model: ModelServer, answers: AnswerStore) -> None:
    (outcome,) = settle(model, answers, "good: text")
    (record,) = answers.read_all(outcome.request_key)
    assert request_key(record["request"]) == outcome.request_key == record["request_key"]
    assert record["attempt"] == 1
    assert record["received_at"].endswith("+00:00")
    assert record["latency_s"] == outcome.latency_s
    assert (outcome.attempts, outcome.prompt_tokens, outcome.completion_tokens) == (1, 100, 10)


def test_a_stored_answer_is_not_asked_for_again(model: ModelServer, answers: AnswerStore) -> None:
    texts = [f"good: chunk {number}" for number in range(5)]
    settle(model, answers, *texts, run_id="last night")
    outcomes = settle(model, answers, *texts, "good: new", run_id="tonight")
    assert [outcome.event for outcome in outcomes] == [ChunkEvent.STORED_ANSWER_FOUND] * 5 + [ChunkEvent.ANSWER_ARRIVED]
    assert sum(outcome.prompt_tokens for outcome in outcomes) == 100
    assert len(model.bodies) == 6


def test_what_a_killed_try_of_the_same_run_bought_counts_as_bought(model: ModelServer, answers: AnswerStore) -> None:
    texts = ["empty good: one", "good: footer", "good: footer"]
    assert settle(model, answers, *texts, run_id="tonight") == settle(model, answers, *texts, run_id="tonight")
    assert len(model.bodies) == 3


@pytest.mark.parametrize("fault", ["bad_json", "wrong_shape", "empty"])
def test_an_unusable_answer_is_kept_and_asked_for_again(model: ModelServer, answers: AnswerStore, fault: str) -> None:
    (outcome,) = settle(model, answers, f"{fault} good: text")
    assert outcome.event is ChunkEvent.ANSWER_ARRIVED
    assert outcome.faults == (fault,)
    assert (outcome.attempts, outcome.prompt_tokens, outcome.wasted_tokens) == (2, 200, 110)
    assert len(answers.read_all(outcome.request_key)) == 2


def test_an_answer_that_was_cut_off_is_asked_for_again_with_twice_the_tokens(
    model: ModelServer, answers: AnswerStore
) -> None:
    for _night in range(2):
        (outcome,) = settle(model, answers, "truncated good: text")
        assert (outcome.event, outcome.faults) == (ChunkEvent.ANSWER_ARRIVED, ("truncated",))
        assert len(answers.read_all(outcome.request_key)) == 1
    assert [body["max_tokens"] for body in model.bodies] == [2000, 4000]
    assert outcome.request_key == request_key(model.bodies[1])


def test_a_model_that_gives_no_longer_answer_loses_that_chunk_alone(model: ModelServer, answers: AnswerStore) -> None:
    cut, good = settle(model, answers, "truncated bad_max_tokens: text", "good: text")
    assert (cut.event, cut.faults) == (ChunkEvent.TRIES_USED_UP, ("truncated", "bad_request"))
    assert good.event is ChunkEvent.ANSWER_ARRIVED


def test_every_try_is_told_with_its_time_and_class(model: ModelServer, answers: AnswerStore) -> None:
    (outcome,) = settle(model, answers, "server_error dropped rate_limit empty good: text")
    assert [one.result for one in outcome.tries] == [
        "server_error",
        "connection_lost",
        "rate_limited",
        "empty",
        "answered",
    ]
    times = [datetime.fromisoformat(one.at) for one in outcome.tries]
    assert times == sorted(times)
    assert all(time.tzinfo for time in times)


def test_complete_triples_before_a_truncation_are_answer_enough(model: ModelServer, answers: AnswerStore) -> None:
    (outcome,) = settle(model, answers, "truncated_after_one: text")
    assert (outcome.event, outcome.faults, outcome.attempts) == (ChunkEvent.ANSWER_ARRIVED, ("truncated",), 1)


def test_four_unusable_answers_use_up_the_tries_for_good(model: ModelServer, answers: AnswerStore) -> None:
    for _night in range(2):
        (outcome,) = settle(model, answers, "empty bad_json empty wrong_shape good: text")
        assert outcome.event is ChunkEvent.TRIES_USED_UP
        assert (outcome.attempts, outcome.faults) == (4, ("empty", "bad_json", "empty", "wrong_shape"))
        assert outcome.wasted_tokens == outcome.prompt_tokens + outcome.completion_tokens
    assert len(model.bodies) == 4


@pytest.mark.parametrize("fault", ["refused", "filtered"])
def test_a_refusal_is_final_at_once(model: ModelServer, answers: AnswerStore, fault: str) -> None:
    for _night in range(2):
        (outcome,) = settle(model, answers, f"{fault} good: text")
        assert outcome.event is ChunkEvent.TRIES_USED_UP
        assert (outcome.attempts, outcome.faults) == (1, ("refused",))
    assert len(model.bodies) == 1


@pytest.mark.parametrize(("fault", "name"), [("too_long", "context_too_long"), ("bad_request", "bad_request")])
def test_a_request_that_cannot_be_right_is_final_at_once(
    model: ModelServer, answers: AnswerStore, fault: str, name: str
) -> None:
    outcome, _ = settle(model, answers, f"{fault} good: text", "good: another, so that the endpoint is not at fault")
    assert (outcome.event, outcome.attempts, outcome.faults) == (ChunkEvent.TRIES_USED_UP, 0, (name,))


def test_a_passing_failure_leaves_the_chunk_for_another_night(model: ModelServer, answers: AnswerStore) -> None:
    text = f"bad_json {5 * 'server_error '}good: text"
    (tonight,) = settle(model, answers, text)
    assert (tonight.event, tonight.attempts) == (ChunkEvent.NOT_ANSWERED, 1)
    assert tonight.faults == ("bad_json", *5 * ("server_error",))
    (tomorrow,) = settle(model, answers, text)
    assert (tomorrow.event, tomorrow.attempts, tomorrow.faults) == (ChunkEvent.ANSWER_ARRIVED, 2, ("bad_json",))


def test_a_short_outage_defers_nothing_however_often_a_chunk_fails_in_it(
    model: ModelServer, answers: AnswerStore
) -> None:
    asks = asking(*(f"{8 * 'overloaded '}good: {number}" for number in range(6)))
    tally = Tally()
    outcomes = settle_asks(asks, answers, access(model, patience_s=60), tally=tally)
    assert {outcome.event for outcome in outcomes} == {ChunkEvent.ANSWER_ARRIVED}
    assert tally.retries.total() == 8 * 6


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ("web_page", Failure.NOT_A_COMPLETION),
        ("dropped", Failure.CONNECTION_LOST),
        ("error_as_answer", Failure.ERROR_IN_ANSWER),
        ("hanging", Failure.TIMED_OUT),
    ],
)
def test_a_failure_that_may_be_billed_stops_at_its_tries_whatever_the_patience(
    model: ModelServer, answers: AnswerStore, fault: str, failure: Failure
) -> None:
    (outcome,) = settle_asks(asking(f"{fault}: text"), answers, access(model, patience_s=3600))
    assert outcome.event is ChunkEvent.NOT_ANSWERED
    assert outcome.faults == (failure,) * RULES[failure].tries
    assert len(model.bodies) == RULES[failure].tries


def test_no_bad_chunk_fails_its_neighbours(model: ModelServer, answers: AnswerStore) -> None:
    bad = ["refused", "empty", "too_long", "bad_request", "server_error", "dropped", "hanging", "web_page"]
    texts = [f"{fault}: {number}" for number, fault in enumerate(bad)]
    mixed = [text for pair in zip(texts, [f"good: {number}" for number in range(8)], strict=True) for text in pair]
    outcomes = settle(model, answers, *mixed)
    assert [outcome.event for outcome in outcomes[1::2]] == [ChunkEvent.ANSWER_ARRIVED] * 8
    assert [outcome.event for outcome in outcomes[0::2]] == [ChunkEvent.TRIES_USED_UP] * 4 + [
        ChunkEvent.NOT_ANSWERED
    ] * 4
