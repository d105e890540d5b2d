"""The report of a refresh and its row of `tables/runs`: what the lake holds, added up."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.config.prices import ModelPrice
from ownvoice.config.run import recorded_run
from ownvoice.llm.client import ModelAccess
from ownvoice.llm.failures import MAX_ANSWERS_PER_CHUNK
from ownvoice.llm.outcomes import read_outcomes
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.pages.refresh import refresh_page
from ownvoice.reports.report import write_report
from ownvoice.reports.text.report import report_lines
from ownvoice.storage.lake import scan
from ownvoice.triples.generate import generate_batch
from stand_ins.night import Night

PRICE = ModelPrice(  # invented for the arithmetic
    input_usd_per_million_tokens=1, output_usd_per_million_tokens=10, source="a test", seen_on=dt.date(2026, 1, 1)
)


@pytest.fixture
def night(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a", "b")
    return night


def run_row(lake, run_id="one"):
    (row,) = (row for batch in scan(lake.table("runs")) for row in batch.to_pylist() if row["run_id"] == run_id)
    return row | {"counts": dict(row["counts"])}


def tokens_bought(lake):
    answers = (lake.read_json(found.key) for found in lake.store.objects("answers"))
    return sum(answer["response"]["usage"]["total_tokens"] for answer in answers)


def test_what_a_batch_bought_before_it_failed_is_in_the_report(night, lake, offline_model):
    night.list_and_plan("one", max_generation_tasks=2, prices={OFFLINE_MODEL: PRICE})
    night.generate("one", leave_out=1)
    access = ModelAccess(offline_model.base_url, "key")
    generate_batch(lake, "one", "batch-0001", lambda _: access)  # and its curation never ends
    night.commit("one")
    report = write_report(lake, "one")
    assert report.failed_batches == ["batch-0001"]
    assert report.chunks.deferred > 0
    assert report.chunks.deferred + report.chunks.answered == report.chunks.total
    spent = report.tokens.prompt + report.tokens.completion
    assert spent == report.spend.spent.tokens == tokens_bought(lake)
    cost_usd = PRICE.cost_usd(report.tokens.prompt, report.tokens.completion)
    assert report.spend.spent.cost_usd == pytest.approx(cost_usd)
    assert any("batch-0001 failed" in line for line in report_lines(report))


def test_one_row_of_the_runs_table_holds_what_a_page_shows(night, lake):
    night.list_and_plan("one", prices={OFFLINE_MODEL: PRICE})
    night.generate("one")
    night.commit("one")
    report = write_report(lake, "one")
    row = run_row(lake)
    assert (row["retries"], row["version"]) == (0, 1)
    assert row["cost_usd"] == report.spend.spent.cost_usd > 0
    assert row["duration_s"] == report.duration_s > 0
    wanted = {"articles_appeared", "articles_quarantined", "chunks_answered", "chunks_dead", "pairs_total"}
    assert wanted | {"prompt_tokens", "completion_tokens"} <= row["counts"].keys()


def test_a_retry_that_was_answered_at_once_reports_no_fault_of_the_night_before(night, lake):
    night.list_and_plan("one")
    night.generate("one")
    key = read_outcomes(lake, recorded_run(lake, "one"), "batch-0000")["a", 0]["request_key"]
    record = lake.read_json(f"answers/{key}/1.json")
    record["response"]["choices"][0]["message"]["content"] = "no JSON"
    for attempt in range(1, MAX_ANSWERS_PER_CHUNK + 1):
        lake.write_json(f"answers/{key}/{attempt}.json", record | {"attempt": attempt})
    night.generate("one")
    night.commit("one")
    assert write_report(lake, "one").faults == {"bad_json": MAX_ANSWERS_PER_CHUNK}
    night.run("again", retry="dead")
    report = write_report(lake, "again")
    assert (report.faults, report.chunks_by_requests, report.chunks.dead) == ({}, {"1": 1}, 0)
    (batch,) = refresh_page(lake, "again")["batches"]
    assert (batch.tries, batch.faults) == (1, 0)


def test_without_a_price_a_run_costs_an_unknown_sum(night, lake):
    night.run("one")
    write_report(lake, "one")
    assert run_row(lake)["cost_usd"] is None


def test_a_run_lasts_from_its_first_start_to_its_commit_however_often_a_step_is_repeated(night, lake):
    night.run("one")
    first = write_report(lake, "one")
    assert first.ended_at > first.started_at
    night.list_and_plan("one")
    again = write_report(lake, "one")
    assert (again.started_at, again.ended_at) == (first.started_at, first.ended_at)


def test_a_listing_that_is_repeated_keeps_the_runs_first_start(night, lake):
    night.list_and_plan("one")
    listed_at = lake.read_json("runs/one/listing.json")["started_at"]
    night.run("one")
    assert write_report(lake, "one").started_at == dt.datetime.fromisoformat(listed_at)


def test_a_run_without_a_version_ends_when_it_is_first_reported(night, lake):
    night.list_and_plan("dry", dry_run=True)
    first = write_report(lake, "dry")
    assert write_report(lake, "dry").ended_at == first.ended_at > first.started_at
