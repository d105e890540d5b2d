from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ownvoice.errors import ModelAccessError, ModelUnavailableError, StorageError
from ownvoice.life import ChunkEvent
from ownvoice.recipe import GenerationRecipe
from ownvoice.stores import ObjectStore
from ownvoice.triples.answers import AnswerStore
from ownvoice.triples.ask import ask_chunks
from ownvoice.triples.client import ModelAccess
from ownvoice.triples.request import request_body, request_key
from ownvoice.triples.settle import ChunkAsk, ChunkOutcome
from ownvoice.triples.tally import Tally
from stand_ins.faulty_model import FaultyModel, running_faulty_model

RECIPE = GenerationRecipe()


@pytest.fixture
def model() -> Iterator[FaultyModel]:
    with running_faulty_model() as running:
        yield running


@pytest.fixture
def answers(tmp_path: Path) -> AnswerStore:
    return AnswerStore(ObjectStore(tmp_path.as_uri()))


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ownvoice.triples.failures._LONGEST_WAIT_S", 0.01)


def asking(*chunk_texts: str) -> list[ChunkAsk]:
    bodies = [request_body(RECIPE, text) for text in chunk_texts]
    return [ChunkAsk("article", index, request_key(body), body) for index, body in enumerate(bodies)]


def access(model: FaultyModel, *, in_flight: int = 4, patience_s: float = 0.01) -> ModelAccess:
    return ModelAccess(
        model.base_url,
        "sk-key",
        request_timeout_s=0.3,
        max_requests_in_flight=in_flight,
        patience_s=patience_s,
    )


def settle_asks(asks: list[ChunkAsk], answers: AnswerStore, access: ModelAccess, **options: Any) -> list[ChunkOutcome]:
    outcomes: list[ChunkOutcome] = []
    asyncio.run(ask_chunks(asks, answers, access, outcomes.append, **options))
    return sorted(outcomes, key=lambda outcome: outcome.chunk_index)


def settle(model: FaultyModel, answers: AnswerStore, *chunk_texts: str, **options: Any) -> list[ChunkOutcome]:
    return settle_asks(asking(*chunk_texts), answers, access(model), **options)


def test_every_chunk_has_one_outcome(model: FaultyModel, answers: AnswerStore) -> None:
    texts = [f"good: chunk {number}" for number in range(20)]
    outcomes = settle(model, answers, *texts)
    assert [outcome.chunk_index for outcome in outcomes] == list(range(20))
    assert [outcome.request_key for outcome in outcomes] == [ask.request_key for ask in asking(*texts)]
    assert {outcome.event for outcome in outcomes} == {ChunkEvent.ANSWER_ARRIVED}


def test_an_answer_is_recorded_with_its_request_usage_and_time(model: FaultyModel, answers: AnswerStore) -> None:
    (outcome,) = settle(model, answers, "good: text")
    (record,) = answers.read_all(outcome.request_key)
    assert request_key(record["request"]) == outcome.request_key == record["request_key"]
    assert record["attempt"] == 1
    assert record["received_at"].endswith("+00:00")
    assert record["latency_s"] == outcome.latency_s
    assert (outcome.attempts, outcome.prompt_tokens, outcome.completion_tokens) == (1, 100, 10)


def test_a_stored_answer_is_not_asked_for_again(model: FaultyModel, answers: AnswerStore) -> None:
    texts = [f"good: chunk {number}" for number in range(5)]
    settle(model, answers, *texts, run_id="last night")
    outcomes = settle(model, answers, *texts, "good: new", run_id="tonight")
    assert [outcome.event for outcome in outcomes] == [ChunkEvent.STORED_ANSWER_FOUND] * 5 + [ChunkEvent.ANSWER_ARRIVED]
    assert sum(outcome.prompt_tokens for outcome in outcomes) == 100
    assert len(model.bodies) == 6


def test_what_a_killed_try_of_the_same_run_bought_counts_as_bought(model: FaultyModel, answers: AnswerStore) -> None:
    texts = ["empty good: one", "good: footer", "good: footer"]
    assert settle(model, answers, *texts, run_id="tonight") == settle(model, answers, *texts, run_id="tonight")
    assert len(model.bodies) == 3


@pytest.mark.parametrize("fault", ["bad_json", "wrong_shape", "empty"])
def test_an_unusable_answer_is_kept_and_asked_for_anew(model: FaultyModel, answers: AnswerStore, fault: str) -> None:
    (outcome,) = settle(model, answers, f"{fault} good: text")
    assert outcome.event is ChunkEvent.ANSWER_ARRIVED
    assert outcome.faults == (fault,)
    assert (outcome.attempts, outcome.prompt_tokens, outcome.wasted_tokens) == (2, 200, 110)
    assert len(answers.read_all(outcome.request_key)) == 2


def test_an_answer_that_was_cut_off_is_asked_for_again_with_twice_the_tokens(
    model: FaultyModel, answers: AnswerStore
) -> None:
    for _night in range(2):
        (outcome,) = settle(model, answers, "truncated_at_once good: text")
        assert (outcome.event, outcome.faults) == (ChunkEvent.ANSWER_ARRIVED, ("truncated",))
        assert len(answers.read_all(outcome.request_key)) == 1
    assert [body["max_tokens"] for body in model.bodies] == [2000, 4000]
    assert outcome.request_key == request_key(model.bodies[1])


def test_a_model_that_gives_no_longer_answer_loses_that_chunk_alone(model: FaultyModel, answers: AnswerStore) -> None:
    cut, good = settle(model, answers, "truncated_at_once bad_max_tokens: text", "good: text")
    assert (cut.event, cut.faults) == (ChunkEvent.TRIES_USED_UP, ("truncated", "bad_request"))
    assert good.event is ChunkEvent.ANSWER_ARRIVED


def test_every_try_is_told_with_its_time_and_class(model: FaultyModel, answers: AnswerStore) -> None:
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


def test_complete_triples_before_a_truncation_are_answer_enough(model: FaultyModel, answers: AnswerStore) -> None:
    (outcome,) = settle(model, answers, "truncated_after_one: text")
    assert (outcome.event, outcome.faults, outcome.attempts) == (ChunkEvent.ANSWER_ARRIVED, ("truncated",), 1)


def test_four_unusable_answers_use_up_the_tries_for_good(model: FaultyModel, answers: AnswerStore) -> None:
    for _night in range(2):
        (outcome,) = settle(model, answers, "empty bad_json empty wrong_shape good: text")
        assert outcome.event is ChunkEvent.TRIES_USED_UP
        assert (outcome.attempts, outcome.faults) == (4, ("empty", "bad_json", "empty", "wrong_shape"))
        assert outcome.wasted_tokens == outcome.prompt_tokens + outcome.completion_tokens
    assert len(model.bodies) == 4


@pytest.mark.parametrize("fault", ["refused", "filtered"])
def test_a_refusal_is_final_at_once(model: FaultyModel, answers: AnswerStore, fault: str) -> None:
    for _night in range(2):
        (outcome,) = settle(model, answers, f"{fault} good: text")
        assert outcome.event is ChunkEvent.TRIES_USED_UP
        assert (outcome.attempts, outcome.faults) == (1, ("refused",))
    assert len(model.bodies) == 1


@pytest.mark.parametrize(("fault", "name"), [("too_long", "context_too_long"), ("bad_request", "bad_request")])
def test_a_request_that_cannot_be_right_is_final_at_once(
    model: FaultyModel, answers: AnswerStore, fault: str, name: str
) -> None:
    (outcome,) = settle(model, answers, f"{fault} good: text")
    assert (outcome.event, outcome.attempts, outcome.faults) == (ChunkEvent.TRIES_USED_UP, 0, (name,))


def test_a_passing_failure_leaves_the_chunk_for_another_night(model: FaultyModel, answers: AnswerStore) -> None:
    text = f"bad_json {5 * 'server_error '}good: text"
    (tonight,) = settle(model, answers, text)
    assert (tonight.event, tonight.attempts) == (ChunkEvent.NOT_ANSWERED, 1)
    assert tonight.faults == ("bad_json", *5 * ("server_error",))
    (tomorrow,) = settle(model, answers, text)
    assert (tomorrow.event, tomorrow.attempts, tomorrow.faults) == (ChunkEvent.ANSWER_ARRIVED, 2, ("bad_json",))


def test_a_short_outage_defers_nothing_however_often_a_chunk_fails_in_it(
    model: FaultyModel, answers: AnswerStore
) -> None:
    asks = asking(*(f"{8 * 'overloaded '}good: {number}" for number in range(30)))
    tally = Tally()
    outcomes = settle_asks(asks, answers, access(model, patience_s=60), tally=tally)
    assert {outcome.event for outcome in outcomes} == {ChunkEvent.ANSWER_ARRIVED}
    assert tally.retries.total() == 8 * 30


def test_no_bad_chunk_fails_its_neighbours(model: FaultyModel, answers: AnswerStore) -> None:
    bad = ["refused", "empty", "too_long", "bad_request", "server_error", "dropped", "hanging", "web_page"]
    texts = [f"{fault}: {number}" for number, fault in enumerate(bad)]
    mixed = [text for pair in zip(texts, [f"good: {number}" for number in range(8)], strict=True) for text in pair]
    outcomes = settle(model, answers, *mixed)
    assert [outcome.event for outcome in outcomes[1::2]] == [ChunkEvent.ANSWER_ARRIVED] * 8
    assert [outcome.event for outcome in outcomes[0::2]] == [ChunkEvent.TRIES_USED_UP] * 4 + [
        ChunkEvent.NOT_ANSWERED
    ] * 4


def test_two_chunks_with_the_same_request_are_asked_once(model: FaultyModel, answers: AnswerStore) -> None:
    outcomes = settle(model, answers, "good: footer", "good: footer", "refused: other", "refused: other")
    assert [outcome.event for outcome in outcomes] == [
        ChunkEvent.ANSWER_ARRIVED,
        ChunkEvent.STORED_ANSWER_FOUND,
        ChunkEvent.TRIES_USED_UP,
        ChunkEvent.TRIES_USED_UP,
    ]
    assert [outcome.prompt_tokens for outcome in outcomes] == [100, 0, 100, 0]
    assert [outcome.chunk_index for outcome in outcomes] == [0, 1, 2, 3]
    assert len(model.bodies) == 2


def test_what_no_request_can_mend_ends_the_batch_at_once(model: FaultyModel, answers: AnswerStore) -> None:
    texts = ["good: first", "bad_key: second", *(f"good: {number}" for number in range(50))]
    with pytest.raises(ModelAccessError, match="the key is not accepted"):
        settle_asks(asking(*texts), answers, access(model, in_flight=1))
    assert len(model.bodies) <= 3


def test_an_endpoint_that_answers_nothing_is_given_up_with_the_commonest_reasons(
    model: FaultyModel, answers: AnswerStore
) -> None:
    texts = [f"{'dropped' if number % 4 == 0 else 'server_error'}: {number}" for number in range(50)]
    with pytest.raises(
        ModelUnavailableError, match=r"none of the last 10 chunks \(\d server_error, \d connection_lost\)"
    ):
        settle_asks(asking(*texts), answers, access(model))
    assert len(model.met) < 25


def test_an_endpoint_that_answers_now_and_then_is_not_given_up(model: FaultyModel, answers: AnswerStore) -> None:
    texts = [f"{'good' if number % 5 == 0 else 'bad_request'}: {number}" for number in range(50)]
    outcomes = settle(model, answers, *texts)
    assert sum(outcome.event is ChunkEvent.ANSWER_ARRIVED for outcome in outcomes) == 10


def test_an_endpoint_that_wants_an_hour_of_rest_is_not_waited_for(model: FaultyModel, answers: AnswerStore) -> None:
    with pytest.raises(ModelUnavailableError, match=r"wants 3600 s of rest \(rate_limited\)"):
        settle(model, answers, "rate_limit_for_an_hour: text")


def test_at_most_so_many_requests_are_in_flight_and_no_more_asks_are_drawn(
    model: FaultyModel, answers: AnswerStore
) -> None:
    drawn = settled = 0

    def asks() -> Iterator[ChunkAsk]:
        nonlocal drawn
        for ask in asking(*(f"good: {number}" for number in range(30))):
            drawn += 1
            assert drawn - settled <= 2 * 3
            yield ask

    def count(_: ChunkOutcome) -> None:
        nonlocal settled
        settled += 1

    asyncio.run(ask_chunks(asks(), answers, access(model, in_flight=3), count))
    assert settled == 30
    assert model.most_at_once <= 3


def test_a_batch_that_is_killed_between_answers_asks_only_for_the_missing_ones(
    model: FaultyModel, answers: AnswerStore
) -> None:
    asks = asking(*(f"good: {number}" for number in range(10)))

    async def killed_after(count: int) -> None:
        seen: list[ChunkOutcome] = []

        def kill(outcome: ChunkOutcome) -> None:
            seen.append(outcome)
            if len(seen) == count:
                batch.cancel()

        batch = asyncio.ensure_future(ask_chunks(asks, answers, access(model, in_flight=1), kill, run_id="killed"))
        await batch

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(killed_after(4))
    stored = sum(len(answers.read_all(ask.request_key)) for ask in asks)
    assert 4 <= stored <= len(model.bodies) <= 5
    outcomes = settle_asks(asks, answers, access(model), run_id="again")
    assert Counter(outcome.event for outcome in outcomes) == {
        ChunkEvent.STORED_ANSWER_FOUND: stored,
        ChunkEvent.ANSWER_ARRIVED: 10 - stored,
    }
    assert len(model.bodies) <= 11


class SlowStore(ObjectStore):
    """A folder that takes its time to write, and says when a write has begun."""

    def begin(self) -> None:
        self.writing = asyncio.Event()

    async def create_async(self, key: str, data: bytes) -> bool:
        self.writing.set()
        await asyncio.sleep(0.05)
        return await super().create_async(key, data)


def test_an_answer_that_arrived_is_stored_even_if_the_batch_is_killed_meanwhile(
    model: FaultyModel, tmp_path: Path
) -> None:
    store = SlowStore(tmp_path.as_uri())
    (ask,) = asking("good: text")

    async def killed_while_writing() -> None:
        store.begin()
        batch = asyncio.ensure_future(ask_chunks([ask], AnswerStore(store), access(model), print))
        await store.writing.wait()
        batch.cancel()
        await batch

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(killed_while_writing())
    assert len(AnswerStore(store).read_all(ask.request_key)) == 1


def test_an_answer_that_cannot_be_read_ends_the_batch_with_its_name(
    model: FaultyModel, answers: AnswerStore, tmp_path: Path
) -> None:
    (outcome,) = settle(model, answers, "good: text")
    stored = tmp_path / "answers" / outcome.request_key / "1.json"
    stored.write_text("{")
    with pytest.raises(StorageError, match=outcome.request_key):
        settle(model, answers, "good: text")


def test_nothing_to_ask_is_no_fault(model: FaultyModel, answers: AnswerStore) -> None:
    assert settle(model, answers) == []
