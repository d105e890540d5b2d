"""Many chunks at once: who asks, when the endpoint is given up, and what a kill leaves behind."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ownvoice.errors import ModelAccessError, ModelUnavailableError, StorageError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.context import RequestContext
from ownvoice.llm.workers import ask_chunks
from ownvoice.states import ChunkEvent
from ownvoice.storage.stores import ObjectStore
from stand_ins.asking import access, asking, settle, settle_asks
from stand_ins.model_server import ModelServer

pytestmark = pytest.mark.usefixtures("short_waits")


def test_two_chunks_with_the_same_request_are_asked_once(model: ModelServer, answers: AnswerStore) -> None:
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


def test_what_no_request_can_mend_ends_the_batch_at_once(model: ModelServer, answers: AnswerStore) -> None:
    texts = ["good: first", "bad_key: second", *(f"good: {number}" for number in range(50))]
    with pytest.raises(ModelAccessError, match="the key is not accepted"):
        settle_asks(asking(*texts), answers, access(model, in_flight=1))
    assert len(model.bodies) <= 3


def test_an_endpoint_that_answers_nothing_is_given_up_with_the_commonest_reasons(
    model: ModelServer, answers: AnswerStore
) -> None:
    texts = [f"{'dropped' if number % 4 == 0 else 'server_error'}: {number}" for number in range(50)]
    with pytest.raises(ModelUnavailableError, match=r"answered n.* \(\d+ server_error, \d+ connection_lost\)"):
        settle_asks(asking(*texts), answers, access(model))
    assert len(model.met) < 25


def test_an_endpoint_that_answers_now_and_then_is_not_given_up(model: ModelServer, answers: AnswerStore) -> None:
    texts = [f"{'good' if number % 5 == 0 else 'bad_request'}: {number}" for number in range(50)]
    outcomes = settle(model, answers, *texts)
    assert sum(outcome.event is ChunkEvent.ANSWER_ARRIVED for outcome in outcomes) == 10


def test_an_endpoint_that_wants_an_hour_of_rest_is_not_waited_for(model: ModelServer, answers: AnswerStore) -> None:
    with pytest.raises(ModelUnavailableError, match=r"wants 3600 s of rest \(rate_limited\)"):
        settle(model, answers, "rate_limit_for_an_hour: text")


def test_at_most_so_many_requests_are_in_flight_and_no_more_asks_are_drawn(
    model: ModelServer, answers: AnswerStore
) -> None:
    drawn = settled = 0

    def asks() -> Iterator[ChunkRequest]:
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
    assert model.totals.most_at_once <= 3


def test_a_batch_that_is_killed_between_answers_asks_only_for_the_missing_ones(
    model: ModelServer, answers: AnswerStore
) -> None:
    asks = asking(*(f"good: {number}" for number in range(10)))

    async def killed_after(count: int) -> None:
        seen: list[ChunkOutcome] = []

        def kill(outcome: ChunkOutcome) -> None:
            seen.append(outcome)
            if len(seen) == count:
                batch.cancel()

        batch = asyncio.ensure_future(
            ask_chunks(asks, answers, access(model, in_flight=1), kill, RequestContext(run_id="killed"))
        )
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
    model: ModelServer, tmp_path: Path
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


class CountedStore(SlowStore):
    """A slow folder that knows how many answers were made and not stored yet, at the most."""

    def begin_to_count(self, model: ModelServer) -> None:
        self.begin()
        self.model, self.stored, self.most_on_the_way = model, 0, 0

    async def create_async(self, key: str, data: bytes) -> bool:
        self.most_on_the_way = max(self.most_on_the_way, len(self.model.bodies) - self.stored)
        created = await super().create_async(key, data)
        self.stored += created
        return created


def test_answers_on_their_way_into_a_slow_lake_count_as_requests_in_flight(model: ModelServer, tmp_path: Path) -> None:
    store = CountedStore(tmp_path.as_uri())
    store.begin_to_count(model)
    outcomes = settle_asks(asking(*(f"good: {number}" for number in range(20))), AnswerStore(store), access(model))
    assert len(outcomes) == store.stored == 20
    assert store.most_on_the_way <= access(model).max_requests_in_flight


def test_an_answer_that_cannot_be_read_ends_the_batch_with_its_name(
    model: ModelServer, answers: AnswerStore, tmp_path: Path
) -> None:
    (outcome,) = settle(model, answers, "good: text")
    stored = tmp_path / "answers" / outcome.request_key / "1.json"
    stored.write_text("{")
    with pytest.raises(StorageError, match=outcome.request_key):
        settle(model, answers, "good: text")


def test_nothing_to_ask_is_no_fault(model: ModelServer, answers: AnswerStore) -> None:
    assert settle(model, answers) == []
