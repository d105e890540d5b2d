"""Rate limits, faults, outages and slow servers, judged by the server's own totals."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.errors import ModelUnavailableError
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.request import request_key
from ownvoice.llm.workers import ask_chunks
from ownvoice.states import ChunkEvent
from ownvoice.storage.stores import ObjectStore
from ownvoice.triples.parse import parse_answer
from ownvoice.triples.request import request_body
from stand_ins.model_behaviour import QUICK
from stand_ins.model_process import ModelProcess
from stand_ins.planned_night import chunk_text

FAULTS = {"server_error": 0.05, "bad_json": 0.03, "truncated": 0.02, "dropped": 0.01, "hanging": 0.01, "empty": 0.005}


def settle(quick_model: ModelProcess, folder: Path, chunks: int, **limits: Any) -> list[ChunkOutcome]:
    bodies = [request_body(GenerationRecipe(), chunk_text(number)) for number in range(chunks)]
    asks = [
        ChunkRequest("article", number, request_key(body), body, read=parse_answer)
        for number, body in enumerate(bodies)
    ]
    access = ModelAccess(quick_model.base_url, "key", **{"request_timeout_s": 2.0} | limits)
    outcomes: list[ChunkOutcome] = []
    asyncio.run(ask_chunks(asks, AnswerStore(ObjectStore(folder.as_uri())), access, outcomes.append))
    return outcomes


def all_answered(outcomes: list[ChunkOutcome]) -> bool:
    return all(outcome.event is ChunkEvent.ANSWER_ARRIVED for outcome in outcomes)


def test_under_faults_every_chunk_is_kept_and_nothing_is_billed_that_need_not_be(
    quick_model: ModelProcess, tmp_path: Path
) -> None:
    quick_model.reset(replace(QUICK, faults=FAULTS))
    assert all_answered(settle(quick_model, tmp_path, 400))
    totals = quick_model.totals()
    assert totals["kept_chunks"] == 400
    assert totals["billed"] <= 1.02 * totals["fewest_billed"]


def test_an_outage_costs_time_and_no_chunk(quick_model: ModelProcess, tmp_path: Path) -> None:
    quick_model.reset(replace(QUICK, outage_at_s=0.1, outage_s=2.0))
    assert all_answered(settle(quick_model, tmp_path, 300, max_requests_in_flight=32))
    totals = quick_model.totals()
    assert totals["outcomes"]["outage"] > 0
    assert totals["billed"] == 300


def test_a_rate_limit_that_only_the_headers_tell_is_kept_to(quick_model: ModelProcess, tmp_path: Path) -> None:
    quick_model.reset(replace(QUICK, requests_per_minute=6000))
    assert all_answered(settle(quick_model, tmp_path, 400))
    totals = quick_model.totals()
    assert totals["refused"] <= 0.02 * totals["requests"]


def test_a_server_that_bears_few_requests_and_says_nothing_is_found_out(
    quick_model: ModelProcess, tmp_path: Path
) -> None:
    quick_model.reset(replace(QUICK, median_s=0.02, slots=20, retry_after_s=0))
    assert all_answered(settle(quick_model, tmp_path, 1000))
    totals = quick_model.totals()
    assert totals["billed"] == 1000
    assert totals["refused"] <= 0.1 * totals["requests"]


def test_a_server_with_one_slot_that_queues_the_rest_answers_every_chunk_in_the_end(
    quick_model: ModelProcess, tmp_path: Path
) -> None:
    quick_model.reset(replace(QUICK, median_s=0.2, sigma=0.05, slots=1, queues=True))
    outcomes = settle(quick_model, tmp_path, 40, request_timeout_s=0.3, max_requests_in_flight=256)
    assert all_answered(outcomes)
    timed_out = Counter(fault for outcome in outcomes for fault in outcome.faults)
    assert timed_out["timed_out"] <= 4  # by chance: an answer alone takes two thirds of the time-out
    assert timed_out["queued"] <= 20


def test_a_server_that_is_too_slow_for_the_time_out_is_named_with_both_settings(
    quick_model: ModelProcess, tmp_path: Path
) -> None:
    quick_model.reset(replace(QUICK, median_s=0.6, sigma=0.01, slots=1, queues=True))
    with pytest.raises(ModelUnavailableError) as failed:
        settle(quick_model, tmp_path, 12, request_timeout_s=0.1)
    told = str(failed.value)
    assert "No answer came within 0.1 s" in told
    assert "OWNVOICE_REQUEST_TIMEOUT_S (0.1)" in told
    assert "OWNVOICE_MAX_REQUESTS_IN_FLIGHT (256)" in told
