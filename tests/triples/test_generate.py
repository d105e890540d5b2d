"""A batch through its task: the spending limit under many processes and kills, dead chunks, progress, the ledger."""

from __future__ import annotations

import datetime as dt
import re
import signal
import time
from collections import Counter
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ownvoice.config.prices import ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import recorded_run
from ownvoice.errors import DeadChunksError
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.outcomes import read_outcomes
from ownvoice.reports.text.progress import progress_line
from ownvoice.storage.lake import Lake
from ownvoice.triples.generate import generate_batch
from stand_ins.model_behaviour import QUICK
from stand_ins.model_process import ModelProcess
from stand_ins.planned_night import RUN_ID, chunk_text, plan_night, start_task

PRICE = ModelPrice(  # invented for the arithmetic
    input_usd_per_million_tokens=1, output_usd_per_million_tokens=10, source="a test", seen_on=dt.date(2026, 1, 1)
)


def rows_of(lake: Lake, batch: str) -> list[dict[str, Any]]:
    rows = read_outcomes(lake, recorded_run(lake, RUN_ID), batch)
    return [rows[place] for place in sorted(rows)]


def test_many_processes_never_pass_the_cap_by_the_servers_totals(quick_model: ModelProcess, lake: Lake) -> None:
    cap = 400_000
    batches = [f"batch-{number:04d}" for number in range(16)]
    plan_night(lake, [chunk_text(number) for number in range(256)], batches=16, max_tokens=cap)
    tasks = [start_task(lake, batch, quick_model.base_url) for batch in batches]
    for task in tasks:
        task.join(120)
    assert {task.exitcode for task in tasks} == {0}
    totals = quick_model.totals()
    assert 0.3 * cap < totals["billed_tokens"] <= cap
    rows = [row for batch in batches for row in rows_of(lake, batch)]
    assert sum(row["prompt_tokens"] + row["completion_tokens"] for row in rows) == totals["billed_tokens"]
    assert Counter(row["event"] for row in rows) == {
        "answer_arrived": totals["billed"],
        "not_afforded": 256 - totals["billed"],
    }


def test_killed_tasks_that_run_again_never_pass_the_cap_either(quick_model: ModelProcess, lake: Lake) -> None:
    cap = 200_000
    plan_night(lake, [chunk_text(number) for number in range(200)], max_tokens=cap)
    chance = Random(6)
    for _ in range(4):
        kill_after(start_task(lake, "batch-0000", quick_model.base_url), quick_model, chance.randrange(1, 15))
    start_task(lake, "batch-0000", quick_model.base_url).join(60)
    assert quick_model.totals()["billed_tokens"] <= cap
    assert {row["event"] for row in rows_of(lake, "batch-0000")} == {"answer_arrived", "not_afforded"}


def test_ten_kills_at_random_moments_bill_again_at_most_what_was_in_flight(
    quick_model: ModelProcess, lake: Lake, tmp_path: Path
) -> None:
    in_flight, lost, chance = 8, 0, Random(4)
    texts = [chunk_text(number) for number in range(200)]
    plan_night(lake, texts)
    for _ in range(10):
        kill_after(
            start_task(lake, "batch-0000", quick_model.base_url, in_flight=in_flight),
            quick_model,
            chance.randrange(1, 18),
        )
        lost_now = quick_model.totals()["billed"] - stored_answers(lake) - lost
        assert 0 <= lost_now <= in_flight
        lost += lost_now
    start_task(lake, "batch-0000", quick_model.base_url).join(60)
    assert quick_model.totals()["billed"] == 200 + lost == stored_answers(lake) + lost
    undisturbed = Lake((tmp_path / "undisturbed").as_uri())
    plan_night(undisturbed, texts)
    start_task(undisturbed, "batch-0000", quick_model.base_url).join(60)
    assert lasting(rows_of(lake, "batch-0000")) == lasting(rows_of(undisturbed, "batch-0000"))


def kill_after(task: BaseProcess, quick_model: ModelProcess, answers: int) -> None:
    """Let the server bill so many more answers, then kill the task with SIGKILL."""
    upto = quick_model.totals()["billed"] + answers
    while task.is_alive() and quick_model.totals()["billed"] < upto:
        time.sleep(0.002)
    task.kill()
    task.join()
    assert task.exitcode in (-signal.SIGKILL, 0)


def stored_answers(lake: Lake) -> int:
    return sum(1 for _ in lake.store.objects("answers"))


def lasting(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows without what differs between two runs that did the same."""
    return [{name: value for name, value in row.items() if name not in ("tries", "latency_s")} for row in rows]


def test_what_no_longer_fits_is_deferred_and_asked_about_with_the_next_budget(
    quick_model: ModelProcess, lake: Lake
) -> None:
    texts = [chunk_text(number) for number in range(30)]
    plan_night(lake, texts, max_tokens=20_000)
    first = generate_batch(lake, RUN_ID, "batch-0000", lambda _: ModelAccess(quick_model.base_url, "key"))
    assert first["answered"] + first["deferred"] == 30
    assert first["deferred"] > 0
    plan_night(lake, texts)
    assert generate_batch(lake, RUN_ID, "batch-0000", lambda _: ModelAccess(quick_model.base_url, "key")) == {
        "answered": 30
    }
    assert quick_model.totals()["billed"] == 30


def test_a_batch_fails_when_too_many_of_its_chunks_are_dead_and_says_why(quick_model: ModelProcess, lake: Lake) -> None:
    quick_model.reset(replace(QUICK, median_s=0.01, faults={"bad_json": 0.6, "empty": 0.3}))
    plan_night(lake, [chunk_text(number) for number in range(40)])
    reasons = r"\(\d+ bad_json, \d+ empty\)"
    with pytest.raises(
        DeadChunksError, match=rf"batch-0000: \d+ of 40 chunks are dead or too long {reasons}.*share of 0.2"
    ):
        generate_batch(lake, RUN_ID, "batch-0000", lambda _: ModelAccess(quick_model.base_url, "key"))
    assert len(rows_of(lake, "batch-0000")) == 40


def test_a_small_batch_does_not_fail_for_its_dead_chunks(quick_model: ModelProcess, lake: Lake) -> None:
    quick_model.reset(replace(QUICK, median_s=0.01, faults={"empty": 1.0}))
    plan_night(lake, [chunk_text(number) for number in range(9)])
    assert generate_batch(lake, RUN_ID, "batch-0000", lambda _: ModelAccess(quick_model.base_url, "key")) == {"dead": 9}


def test_progress_tells_settled_and_total_rate_retries_spend_and_the_time_left(
    quick_model: ModelProcess, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ownvoice.answering.progress._REPORT_EVERY_S", 0.02)
    quick_model.reset(replace(QUICK, faults={"bad_json": 0.2}))
    plan_night(lake, [chunk_text(number) for number in range(60)], prices={GenerationRecipe().model: PRICE})
    lines: list[str] = []
    access = ModelAccess(quick_model.base_url, "key", max_requests_in_flight=16)
    generate_batch(lake, RUN_ID, "batch-0000", lambda _: access, lambda tally: lines.append(progress_line(tally)))
    form = r"chunks \d+/60: \d+ answered; [\d.]+/s, (\d+ open, )?\d+ asked again, [\d,]+ tokens \(\$[\d.]+\)"
    form += r", about 0:00:\d\d left"
    assert sum(bool(re.fullmatch(form, line)) for line in lines) >= 2


def test_the_ledger_tells_what_was_reserved_spent_and_wasted(quick_model: ModelProcess, lake: Lake) -> None:
    quick_model.reset(replace(QUICK, median_s=0.01, faults={"bad_json": 0.3}))
    plan_night(lake, [chunk_text(number) for number in range(60)], prices={GenerationRecipe().model: PRICE})
    generate_batch(lake, RUN_ID, "batch-0000", lambda _: ModelAccess(quick_model.base_url, "key"))
    totals, rows = quick_model.totals(), rows_of(lake, "batch-0000")
    spent = sum(row["prompt_tokens"] + row["completion_tokens"] for row in rows)
    assert spent == totals["billed_tokens"]
    assert 0 < sum(row["wasted_tokens"] for row in rows) < spent < sum(row["reserved_tokens"] for row in rows)
    assert sum(row["cost_usd"] for row in rows) == pytest.approx(
        sum(PRICE.cost_usd(row["prompt_tokens"], row["completion_tokens"]) for row in rows)
    )
    assert all(len(row["tries"]) == row["attempts"] for row in rows)
