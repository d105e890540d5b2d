"""Batches that end badly, run already, were submitted twice or are gone: nothing is paid twice, nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from ownvoice.errors import ModelAccessError, ModelUnavailableError, StorageError
from ownvoice.llm.batch import files as batch_files
from ownvoice.llm.batch.client import INTENT_KEY, create_batch_job, open_batch_client, result_lines, upload_requests
from ownvoice.llm.batch.intents import open_intents
from ownvoice.offline_model.server import serving
from ownvoice.storage.lake import Lake
from stand_ins.batch_desk import ARRIVED, FOUND, GOOD, LATER, Desk, events
from stand_ins.model_server import ModelServer


@pytest.fixture
def desk(lake: Lake, model: ModelServer) -> Desk:
    return Desk(lake, model)


@pytest.mark.parametrize("status", ["expired", "cancelled"])
def test_partial_results_are_taken_and_only_the_rest_is_asked_again(desk: Desk, status: str) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batch_jobs.end(batch_id, status, answered=3)
    outcomes = desk.call(*GOOD)
    assert events(outcomes) == [ARRIVED, ARRIVED, ARRIVED, LATER]
    assert outcomes[-1].faults == (f"batch_{status}",)
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4
    assert set(desk.model.batch_jobs.billed.values()) == {1}


def test_a_line_that_is_missing_from_a_batch_in_order_leaves_its_chunk_for_later(desk: Desk) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batch_jobs.end(batch_id, "completed", answered=3)
    assert desk.call(*GOOD)[-1].faults == ("batch_line_missing",)


@pytest.mark.parametrize("status", ["completed", "expired"])
def test_a_batch_is_not_over_before_its_answers_are_there(desk: Desk, status: str) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batch_jobs.end(batch_id, status)
    job = desk.model.batch_jobs.jobs[batch_id]
    files, job.files = job.files, {}
    assert desk.submit(*GOOD) == [batch_id], "it is waited for"
    job.created_at -= 3600
    with pytest.raises(ModelUnavailableError, match=rf"{batch_id} \({status}\) names no file with its answers"):
        desk.call(*GOOD)
    job.files = files
    assert events(desk.call(*GOOD)) == [ARRIVED] * 4
    assert set(desk.model.batch_jobs.billed.values()) == {1}


def test_answers_that_never_came_are_given_up_after_a_day(desk: Desk) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batch_jobs.end(batch_id, "completed")
    job = desk.model.batch_jobs.jobs[batch_id]
    job.files = {}
    job.created_at -= 25 * 3600
    assert [outcome.faults for outcome in desk.call(*GOOD)] == [("batch_line_missing",)] * 4
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4, "the next try asks again"


def test_a_start_while_the_batch_runs_submits_nothing(desk: Desk) -> None:
    desk.model.batch_jobs.hold = True
    first = desk.submit(*GOOD)
    assert [desk.submit(*GOOD) for _ in range(3)] == [first] * 3
    assert len(desk.model.batch_jobs.jobs) == 1


def test_a_batch_whose_confirmation_was_lost_is_found_by_its_intent(desk: Desk) -> None:
    desk.model.drop_confirmations = 1
    with pytest.raises(ModelUnavailableError, match="nothing is submitted twice"):
        desk.call(*GOOD)
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4
    assert len(desk.model.batch_jobs.jobs) == 1


def test_a_batch_that_was_submitted_twice_is_taken_in_once_and_the_other_is_stopped(desk: Desk) -> None:
    desk.model.batch_jobs.hold = True
    desk.model.drop_confirmations = 1
    with pytest.raises(ModelUnavailableError):
        desk.call(*GOOD)
    (first,) = desk.model.batch_jobs.jobs.values()

    async def submit_again() -> str:
        async with open_batch_client(desk.access) as client:
            lines = desk.model.batch_jobs._files[first.file_id]
            file_id = await upload_requests(client, "again.jsonl", lines)
            return await create_batch_job(client, file_id, first.metadata[INTENT_KEY])

    second = asyncio.run(submit_again())
    assert desk.submit(*GOOD) == [first.batch_id]
    assert desk.model.batch_jobs.jobs[second].status == "cancelled"
    desk.model.batch_jobs.hold = False
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4
    assert set(desk.model.batch_jobs.billed.values()) == {1}


def test_another_run_waits_for_the_batch_that_an_earlier_one_left_behind(desk: Desk) -> None:
    desk.model.batch_jobs.hold = True
    left_behind = desk.submit(*GOOD, run_id="monday")
    assert desk.submit(*GOOD[:2], run_id="tuesday") == left_behind
    desk.model.batch_jobs.end(left_behind[0], "completed")
    assert events(desk.call(*GOOD[:2], run_id="tuesday")) == [FOUND, FOUND]
    assert open_intents(desk.lake) == []
    assert [len(desk.answers(text)) for text in GOOD] == [1] * 4, "what is paid for is kept, asked for tonight or not"


def test_a_batch_of_other_chunks_is_no_concern_of_this_one(desk: Desk) -> None:
    desk.model.batch_jobs.hold = True
    desk.submit(*GOOD[:2], run_id="monday")
    (batch_id,) = desk.submit(*GOOD[2:], run_id="tuesday")
    desk.model.batch_jobs.end(batch_id, "completed")
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
    desk.model.batch_jobs.jobs[batch_id].errors.append({"code": code, "message": "sk-key echoed"})
    desk.model.batch_jobs.end(batch_id, "failed", answered=0)
    with pytest.raises(error, match=rf"{batch_id} was not taken on \({code}\)"):
        desk.call(*GOOD)
    assert events(desk.settle(*GOOD)) == [ARRIVED] * 4, "the next try submits again"


def test_a_refusal_that_holds_for_every_request_is_raised_once_the_answers_are_stored(desk: Desk) -> None:
    with pytest.raises(ModelAccessError, match="quota is spent"):
        desk.settle("good: one", "quota: two", "good: three")
    assert len(desk.answers("good: three")) == 1


def test_lines_end_where_a_line_feed_stands_and_nowhere_else(desk: Desk) -> None:
    lines = ["one\u2028two\x85three", "four", "\u2029" * 70_000, "five"]

    async def there_and_back() -> list[str]:
        async with open_batch_client(desk.access) as client:
            file_id = await upload_requests(client, "lines.jsonl", "\n".join(lines).encode())
            return [line.decode() async for line in result_lines(client, file_id)]

    assert asyncio.run(there_and_back()) == lines


def test_an_endpoint_without_a_batch_api_is_told_in_one_sentence(lake: Lake, model: ModelServer) -> None:
    with serving(web.Application()) as address:
        model.base_url = f"{address}/v1"
        with pytest.raises(ModelAccessError, match="has no batch API, run with mode realtime"):
            Desk(lake, model).call(*GOOD)


def test_a_batch_that_the_endpoint_has_forgotten_is_named_with_its_place_in_the_lake(desk: Desk) -> None:
    (batch_id,) = desk.submit(*GOOD)
    del desk.model.batch_jobs.jobs[batch_id]
    with pytest.raises(ModelAccessError, match=f"does not know {batch_id}, which the lake lists below batch_api/open"):
        desk.call(*GOOD)


def test_requests_that_the_lake_has_lost_are_not_asked_again_unsaid(desk: Desk) -> None:
    (batch_id,) = desk.submit(*GOOD)
    desk.model.batch_jobs.end(batch_id, "completed")
    (intent,) = open_intents(desk.lake)
    desk.lake.store.delete(f"runs/run/batch_api/{intent.file_sha256}.jsonl")
    with pytest.raises(StorageError, match="answers to it are paid for"):
        desk.call(*GOOD)
