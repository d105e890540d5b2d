"""The batch API through the real SDK: nothing is paid twice and nothing is lost, whatever becomes of a batch."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from ownvoice.errors import ModelAccessError, ModelUnavailableError, StorageError
from ownvoice.lake import Lake
from ownvoice.life import ChunkEvent
from ownvoice.recipe import GenerationRecipe
from ownvoice.run import RefreshRun
from ownvoice.triples import batch_api, batch_files
from ownvoice.triples.answers import AnswerStore
from ownvoice.triples.ask import ask_chunks
from ownvoice.triples.batch_api import BatchesRunningError, PlanBatch, ask_in_batches, take_in
from ownvoice.triples.batch_client import INTENT_KEY, open_client, result_lines, until_all_ended, upload_requests
from ownvoice.triples.budget import UNLIMITED, Spend, worst_case
from ownvoice.triples.client import ModelAccess
from ownvoice.triples.intents import open_intents
from ownvoice.triples.offline_model import serving
from ownvoice.triples.request import longer_request, request_body, request_key
from ownvoice.triples.settle import ChunkAsk, ChunkOutcome
from stand_ins.faulty_model import FaultyModel, running_faulty_model

RECIPE = GenerationRecipe()
GOOD = [f"good: {number}" for number in range(4)]
ARRIVED, FOUND = ChunkEvent.ANSWER_ARRIVED, ChunkEvent.STORED_ANSWER_FOUND
LATER, DEAD = ChunkEvent.NOT_ANSWERED, ChunkEvent.TRIES_USED_UP
UNAFFORDED = ChunkEvent.NOT_AFFORDED


@pytest.fixture
def model() -> Iterator[FaultyModel]:
    with running_faulty_model() as running:
        yield running


@pytest.fixture
def desk(lake: Lake, model: FaultyModel) -> Desk:
    return Desk(lake, model)


class Desk:
    """Asks about chunk texts through the batch API, a call at a time or to the end."""

    def __init__(self, lake: Lake, model: FaultyModel) -> None:
        self.lake = lake
        self.model = model
        self.access = ModelAccess(model.base_url, "sk-key", request_timeout_s=10.0)
        self.share = UNLIMITED

    def call(self, *texts: str, run_id: str = "run") -> list[ChunkOutcome]:
        """Do what one start of the task does."""
        run = RefreshRun(run_id=run_id, refresh_date=dt.date(2026, 2, 1), articles_uri="file:///none", mode="batch")
        plan = PlanBatch(self.lake, run, "batch-0000")
        asks = asking(*texts)

        async def once() -> list[ChunkOutcome]:
            gave_up = await take_in(plan, keys_of(asks), lambda _: self.access)
            return await ask_in_batches(plan, asks, gave_up, self.share, lambda _: self.access)

        return asyncio.run(once())

    def submit(self, *texts: str, run_id: str = "run") -> list[str]:
        """Do what one start does, up to where it waits; return the batches it waits for."""
        with pytest.raises(BatchesRunningError) as running:
            self.call(*texts, run_id=run_id)
        return list(running.value.batch_ids)

    def settle(self, *texts: str, run_id: str = "run") -> list[ChunkOutcome]:
        """Start again whenever the batches have ended, until every chunk has an outcome."""
        for _ in range(6):
            try:
                return self.call(*texts, run_id=run_id)
            except BatchesRunningError as running:
                asyncio.run(until_all_ended(self.access, running.batch_ids, 0.01))
        raise AssertionError("it never comes to an end")

    def settle_in_realtime(self, *texts: str, run_id: str = "run") -> list[ChunkOutcome]:
        outcomes: list[ChunkOutcome] = []
        answers = AnswerStore(self.lake.store)
        asyncio.run(ask_chunks(asking(*texts), answers, self.access, outcomes.append, run_id=run_id))
        return sorted(outcomes, key=lambda outcome: outcome.chunk_index)

    def answers(self, text: str) -> list[dict[str, Any]]:
        return AnswerStore(self.lake.store).read_all(key(text))


def asking(*texts: str) -> list[ChunkAsk]:
    bodies = [request_body(RECIPE, text) for text in texts]
    return [ChunkAsk("article", index, request_key(body), body) for index, body in enumerate(bodies)]


def keys_of(asks: list[ChunkAsk]) -> set[str]:
    return {key for ask in asks for key in (ask.request_key, request_key(longer_request(ask.body)))}


def key(text: str) -> str:
    return asking(text)[0].request_key


def events(outcomes: list[ChunkOutcome]) -> list[ChunkEvent]:
    return [outcome.event for outcome in outcomes]


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
    assert desk.model.batches.billed == {key("good: footer"): 1}


def test_an_unusable_answer_is_asked_for_anew_in_a_batch_of_its_own(desk: Desk) -> None:
    outcomes = desk.settle("good: one", "bad_json good: two", "empty bad_json empty: three")
    assert events(outcomes) == [ARRIVED, ARRIVED, DEAD]
    assert [outcome.attempts for outcome in outcomes] == [1, 2, 4]
    assert [len(batch.responses) for batch in desk.model.batches.batches.values()] == [3, 2, 1, 1]


def test_one_failed_line_fails_no_neighbour(desk: Desk) -> None:
    outcomes = desk.settle("good: one", "too_long: two", "server_error good: three", "refused: four")
    assert events(outcomes) == [ARRIVED, DEAD, LATER, DEAD]
    assert [outcome.faults for outcome in outcomes] == [(), ("context_too_long",), ("server_error",), ("refused",)]
    again = desk.settle("good: one", "server_error good: three")
    assert events(again) == [ARRIVED, ARRIVED], "the next try asks again for what failed, and for nothing else"
    assert set(desk.model.batches.billed.values()) == {1}


def test_a_failed_line_is_not_asked_again_with_the_next_round_of_the_same_try(desk: Desk) -> None:
    outcomes = desk.settle("bad_json good: one", "server_error good: two")
    assert events(outcomes) == [ARRIVED, LATER]
    assert [len(batch.responses) for batch in desk.model.batches.batches.values()] == [2, 1]


def test_an_answer_that_was_cut_off_is_asked_for_with_twice_the_tokens_in_the_next_batch(desk: Desk) -> None:
    text = "truncated_at_once good: one"
    (outcome,) = desk.settle(text)
    assert (outcome.event, outcome.attempts, outcome.faults) == (ARRIVED, 2, ("truncated",))
    assert [body["max_tokens"] for body in desk.model.bodies] == [2000, 4000]
    assert outcome.request_key == request_key(longer_request(asking(text)[0].body))


def test_another_run_finds_the_batch_that_asks_for_longer_answers(desk: Desk) -> None:
    text = "truncated_at_once good: one"
    (first,) = desk.submit(text, run_id="monday")
    desk.model.batches.end(first, "completed")
    desk.model.batches.hold = True
    second = desk.submit(text, run_id="monday")
    assert desk.submit(text, run_id="tuesday") == second


def test_a_model_that_gives_no_longer_answers_loses_the_chunk_and_no_other(desk: Desk) -> None:
    outcomes = desk.settle("truncated_at_once bad_max_tokens: one", "good: two")
    assert events(outcomes) == [DEAD, ARRIVED]
    assert outcomes[0].faults == ("truncated", "bad_request")


def test_what_the_budget_does_not_allow_at_its_worst_is_left_for_another_night(desk: Desk) -> None:
    worst = worst_case(None, asking(GOOD[0])[0].body).tokens
    desk.share = Spend(2.5 * worst, 1)
    outcomes = desk.settle(*GOOD)
    assert events(outcomes) == [ARRIVED, ARRIVED, UNAFFORDED, UNAFFORDED]
    assert [outcome.faults for outcome in outcomes] == [()] * 4
    assert len(desk.model.batches.batches) == 1, "what it came to less than its worst buys no further round"
    assert events(desk.settle(*GOOD, run_id="next night")) == [FOUND, FOUND, ARRIVED, ARRIVED]


def test_what_an_earlier_try_spent_counts_against_the_budget(desk: Desk) -> None:
    (spent,) = desk.settle(GOOD[0])
    worst = worst_case(None, asking(GOOD[1])[0].body).tokens
    desk.share = Spend(worst + spent.prompt_tokens + spent.completion_tokens - 1, 1)
    assert events(desk.settle(*GOOD[:2])) == [ARRIVED, UNAFFORDED]
    desk.share = Spend(desk.share.tokens + 1, 1)
    assert events(desk.settle(*GOOD[:2])) == [ARRIVED, ARRIVED]


@pytest.mark.parametrize("status", ["expired", "cancelled"])
def test_partial_results_are_taken_and_only_the_rest_is_asked_again(desk: Desk, status: str) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batches.end(batch_id, status, answered=3)
    outcomes = desk.call(*GOOD)
    assert events(outcomes) == [ARRIVED, ARRIVED, ARRIVED, LATER]
    assert outcomes[-1].faults == (f"batch_{status}",)
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4
    assert set(desk.model.batches.billed.values()) == {1}


def test_a_line_that_is_missing_from_a_batch_in_order_leaves_its_chunk_for_later(desk: Desk) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batches.end(batch_id, "completed", answered=3)
    assert desk.call(*GOOD)[-1].faults == ("batch_line_missing",)


def test_a_start_while_the_batch_runs_submits_nothing(desk: Desk) -> None:
    desk.model.batches.hold = True
    first = desk.submit(*GOOD)
    assert [desk.submit(*GOOD) for _ in range(3)] == [first] * 3
    assert len(desk.model.batches.batches) == 1


def test_a_batch_whose_confirmation_was_lost_is_found_by_its_intent(desk: Desk) -> None:
    desk.model.drop_confirmations = 1
    with pytest.raises(ModelUnavailableError, match="nothing is submitted twice"):
        desk.call(*GOOD)
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4
    assert len(desk.model.batches.batches) == 1


def test_a_batch_that_was_submitted_twice_is_taken_in_once_and_the_other_is_stopped(desk: Desk) -> None:
    desk.model.batches.hold = True
    desk.model.drop_confirmations = 1
    with pytest.raises(ModelUnavailableError):
        desk.call(*GOOD)
    (first,) = desk.model.batches.batches.values()

    async def submit_again() -> str:
        async with open_client(desk.access) as client:
            lines = desk.model.batches._files[first.file_id]
            file_id = await upload_requests(client, "again.jsonl", lines)
            return await batch_api.create_batch(client, file_id, first.metadata[INTENT_KEY])

    second = asyncio.run(submit_again())
    assert desk.submit(*GOOD) == [first.batch_id]
    assert desk.model.batches.batches[second].status == "cancelled"
    desk.model.batches.hold = False
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4
    assert set(desk.model.batches.billed.values()) == {1}


def test_another_run_waits_for_the_batch_that_an_earlier_one_left_behind(desk: Desk) -> None:
    desk.model.batches.hold = True
    left_behind = desk.submit(*GOOD, run_id="monday")
    assert desk.submit(*GOOD[:2], run_id="tuesday") == left_behind
    desk.model.batches.end(left_behind[0], "completed")
    assert events(desk.call(*GOOD[:2], run_id="tuesday")) == [FOUND, FOUND]
    assert open_intents(desk.lake) == []
    assert [len(desk.answers(text)) for text in GOOD] == [1] * 4, "what is paid for is kept, asked for tonight or not"


def test_a_batch_of_other_chunks_is_no_concern_of_this_one(desk: Desk) -> None:
    desk.model.batches.hold = True
    desk.submit(*GOOD[:2], run_id="monday")
    (batch_id,) = desk.submit(*GOOD[2:], run_id="tuesday")
    desk.model.batches.end(batch_id, "completed")
    assert events(desk.call(*GOOD[2:], run_id="tuesday")) == [ARRIVED] * 2


def test_more_requests_than_a_file_may_hold_become_several_batches(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(batch_files, "MAX_REQUESTS_PER_FILE", 3)
    assert len(desk.submit(*GOOD)) == 2
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4


@pytest.mark.parametrize(
    ("code", "error"), [("token_limit_exceeded", ModelUnavailableError), ("invalid_json_line", ModelAccessError)]
)
def test_a_batch_that_was_not_taken_on_is_named_with_its_reason(desk: Desk, code: str, error: type[Exception]) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batches.batches[batch_id].errors.append({"code": code, "message": "sk-key echoed"})
    desk.model.batches.end(batch_id, "failed", answered=0)
    with pytest.raises(error, match=rf"{batch_id} was not taken on \({code}\)"):
        desk.call(*GOOD)
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4, "the next try submits anew"


def test_a_refusal_that_holds_for_every_request_is_raised_once_the_answers_are_stored(desk: Desk) -> None:
    with pytest.raises(ModelAccessError, match="quota is spent"):
        desk.settle("good: one", "quota: two", "good: three")
    assert len(desk.answers("good: three")) == 1


def test_lines_end_where_a_line_feed_stands_and_nowhere_else(desk: Desk) -> None:
    lines = ["one\u2028two\x85three", "four", "\u2029" * 70_000, "five"]

    async def there_and_back() -> list[str]:
        async with open_client(desk.access) as client:
            file_id = await upload_requests(client, "lines.jsonl", "\n".join(lines).encode())
            return [line.decode() async for line in result_lines(client, file_id)]

    assert asyncio.run(there_and_back()) == lines


def test_an_endpoint_without_a_batch_api_is_told_in_one_sentence(lake: Lake, model: FaultyModel) -> None:
    with serving(web.Application()) as address:
        model.base_url = f"{address}/v1"
        with pytest.raises(ModelAccessError, match="has no batch API, run with mode realtime"):
            Desk(lake, model).call(*GOOD)


def test_a_batch_that_the_endpoint_has_forgotten_is_named_with_its_place_in_the_lake(desk: Desk) -> None:
    (batch_id,) = desk.submit(*GOOD)
    del desk.model.batches.batches[batch_id]
    with pytest.raises(ModelAccessError, match=f"does not know {batch_id}, which the lake lists below batch_api/open"):
        desk.call(*GOOD)


def test_requests_that_the_lake_has_lost_are_not_asked_again_unsaid(desk: Desk) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batches.end(batch_id, "completed")
    (intent,) = open_intents(desk.lake)
    desk.lake.store.delete(f"runs/run/batch_api/{intent.file_sha256}.jsonl")
    with pytest.raises(StorageError, match="answers to it are paid for"):
        desk.call(*GOOD)
