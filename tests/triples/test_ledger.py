"""Whom a chunk's row names as the one who asked, and what it counts, over tries, kills and runs."""

from __future__ import annotations

import asyncio

import pytest

from ownvoice.config.run import recorded_run
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.batch.waiting import BatchJobsRunningError, until_all_ended
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.outcomes import OUTCOMES, read_outcomes
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.storage.lake import Lake
from ownvoice.storage.tables import CHUNKS
from ownvoice.triples.generate import generate_batch
from stand_ins.planned_night import RUN_ID, plan_night

FIRST, SECOND = TaskTry("generate_batch", 3, 1), TaskTry("generate_batch", 3, 2)
RECIPE_IN_WORDS = ("good: one", "bad_json good: two", "server_error good: three")


def settle(lake, model, task_try):
    """Settle the planned batch as one try of a task; return its rows in the order of the chunks."""
    generate_batch(lake, RUN_ID, "batch-0000", lambda _: ModelAccess(model.base_url, "key"), task_try=task_try)
    rows = read_outcomes(lake, recorded_run(lake, RUN_ID), "batch-0000")
    return [rows[place] for place in sorted(rows)]


def tries_of(rows):
    return [TaskTry(row["task_id"], row["map_index"], row["try_number"]) for row in rows]


def test_outcomes_are_columns_of_the_ledger_and_of_the_same_types():
    assert all(CHUNKS.field(column.name) == column for column in OUTCOMES)
    assert {"task_id", "map_index", "try_number", "requests", "cost_usd"} <= set(OUTCOMES.names)


def test_a_second_try_that_only_finds_answers_names_the_first(lake: Lake, model):
    plan_night(lake, list(RECIPE_IN_WORDS))
    first = settle(lake, model, FIRST)
    again = settle(lake, model, SECOND)
    assert tries_of(first) == tries_of(again) == [FIRST] * 3
    assert [row["event"] for row in again] == ["answer_arrived"] * 3
    assert [row["requests"] for row in first] == [1, 2, 2]
    assert [row["requests"] for row in again] == [1, 2, 1], "a failure leaves nothing in the lake"


def test_the_try_that_asks_on_after_a_kill_is_named(lake: Lake, model):
    plan_night(lake, ["bad_json good: one"])
    (row,) = settle(lake, model, FIRST)
    lake.store.delete(f"answers/{row['request_key']}/2.json")  # as if the kill had come before it was stored
    (row,) = settle(lake, model, SECOND)
    assert tries_of([row]) == [SECOND]
    assert (row["requests"], row["attempts"]) == (2, 2)


def test_a_try_that_asked_in_vain_is_named(lake: Lake, model):
    plan_night(lake, ["bad_request: one", "good: two"])
    row = next(row for row in settle(lake, model, FIRST) if row["chunk_index"] == 0)
    assert (row["event"], row["requests"], tries_of([row])) == ("tries_used_up", 1, [FIRST])


def test_in_another_run_and_on_the_command_line_nobody_is_named(lake: Lake, model):
    plan_night(lake, ["good: one"])
    assert tries_of(settle(lake, model, NO_TASK)) == [NO_TASK]
    plan_night(lake, ["good: two"])
    (row,) = settle(lake, model, FIRST)
    record = asyncio.run(AnswerStore(lake.store).get(row["request_key"], 1))
    lake.store.delete(f"answers/{row['request_key']}/1.json")
    asyncio.run(AnswerStore(lake.store).put(row["request_key"], 1, record | {"bought_for": ["another", "article", 0]}))
    (row,) = settle(lake, model, SECOND)
    assert (row["event"], row["requests"], tries_of([row])) == ("stored_answer_found", 0, [NO_TASK])


def test_an_answer_of_a_batch_names_the_try_that_submitted_it(lake: Lake, model):
    plan_night(lake, ["good: one"], mode="batch")
    with pytest.raises(BatchJobsRunningError) as running:
        settle(lake, model, FIRST)
    access = ModelAccess(model.base_url, "key")
    asyncio.run(until_all_ended(access, running.value.batch_ids, 0.01))
    assert tries_of(settle(lake, model, SECOND)) == [FIRST]
