"""Airflow's metrics of a batch, as a StatsD server on the other side of a socket receives them."""

from __future__ import annotations

import datetime as dt
import types

import pytest

from ownvoice.airflow import refresh_tasks
from ownvoice.airflow.metric_names import METRICS
from ownvoice.airflow.metrics import send_night
from ownvoice.config.generators import RejectedBy
from ownvoice.config.prices import ModelPrice
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL
from ownvoice.pairs.curate import curate_batch
from ownvoice.triples.generate import generate_batch
from stand_ins.model_server import running_model_server
from stand_ins.night import RECIPE, Night
from stand_ins.planned_night import RUN_ID, plan_night
from stand_ins.reports import report_with
from stand_ins.statsd import running_statsd

SECOND = f"{OFFLINE_MODEL}-second"
PRICE = ModelPrice(  # invented for the arithmetic
    input_usd_per_million_tokens=1, output_usd_per_million_tokens=10, source="a test", seen_on=dt.date(2026, 1, 1)
)
TEXTS = ["good: one", "server_error bad_json good: two", "refused: three", "server_error good: four"]


@pytest.fixture(autouse=True)
def _planned_without_a_dag(monkeypatch):
    monkeypatch.setattr(refresh_tasks, "lake_run_id", lambda run: run.run_id)


@pytest.fixture
def generate(lake, monkeypatch):
    """Run the body of the task as one of its tries."""
    with running_model_server() as model:
        monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
        monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)

        def run(try_number):
            ti = types.SimpleNamespace(task_id="generate_batch", map_index=0, try_number=try_number)
            batch = {"name": "batch-0000", "label": "one to four", "chunks": len(TEXTS)}
            refresh_tasks.generate_batch(batch, types.SimpleNamespace(run_id=RUN_ID), ti)

        yield run


def test_a_statsd_server_hears_of_chunks_retries_tokens_rate_time_and_cost(dags, lake, generate):
    plan_night(lake, TEXTS, prices={GenerationRecipe().model: PRICE})
    with running_statsd() as server:
        generate(1)
        server.take()
    assert server.counters == {
        "ownvoice.chunks.answered": 3,
        "ownvoice.chunks.dead": 1,
        "ownvoice.retries.server_error": 2,
        "ownvoice.retries.bad_json": 1,
        "ownvoice.tokens.prompt": 5 * 100,
        "ownvoice.tokens.completion": 5 * 10,
    }
    gauges = server.gauges
    assert (gauges["ownvoice.batch-0000.chunks"], gauges["ownvoice.batch-0000.settled"]) == (4, 4)
    assert gauges["ownvoice.batch-0000.cost_usd"] == pytest.approx(PRICE.cost_usd(500, 50))
    assert gauges["ownvoice.batch-0000.chunks_per_s"] > 0
    assert gauges["ownvoice.batch-0000.eta_s"] == 0


def test_what_a_first_try_was_counted_for_a_second_one_does_not_count_again(dags, lake, generate):
    plan_night(lake, TEXTS)
    with running_statsd() as server:
        generate(1)
        server.take()
        server.counters.clear()
        generate(2)
        server.take()
    assert server.counters == {"ownvoice.chunks.reused": 3, "ownvoice.chunks.dead": 1}
    assert "ownvoice.batch-0000.cost_usd" not in server.gauges, "the price is not known"


def test_what_the_second_model_costs_is_told_and_its_answers_are_no_chunks(
    dags, lake, tmp_path, offline_model, monkeypatch
):
    recipe = RECIPE.model_copy(update={"rejected_by": RejectedBy(model=SECOND)})
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.list_and_plan("monday", recipe=recipe, prices={OFFLINE_MODEL: PRICE, SECOND: PRICE})
    generate_batch(lake, "monday", "batch-0000", lambda _: ModelAccess(offline_model.base_url, offline_model.api_key))
    curate_batch(lake, "monday", "batch-0000")
    monkeypatch.setenv("OWNVOICE_LAKE", lake.uri)
    monkeypatch.setenv("OPENAI_BASE_URL", offline_model.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", offline_model.api_key)
    ti = types.SimpleNamespace(task_id="reject_batch", map_index=0, try_number=1)
    with running_statsd() as server:
        refresh_tasks.reject_batch({"name": "batch-0000"}, types.SimpleNamespace(run_id="monday"), ti)
        server.take()
    assert set(server.counters) == {"ownvoice.tokens.prompt", "ownvoice.tokens.completion"}
    assert set(server.gauges) == {"ownvoice.batch-0000-rejected.cost_usd"}
    spent = PRICE.cost_usd(server.counters["ownvoice.tokens.prompt"], server.counters["ownvoice.tokens.completion"])
    assert server.gauges["ownvoice.batch-0000-rejected.cost_usd"] == pytest.approx(spent)


def test_a_reported_night_is_told_as_it_was_and_without_a_cost_where_no_price_is_known(dags):
    worthless = {"verdict": "worthless", "sentence": "", "advice": "", "is_new": True}
    report = report_with(
        night={"verdict": "fail", "sentence": ""},
        data=worthless,
        chunks={"total": 9, "dead": 2},
        pairs={"added": 3, "total": 40},
        duration_s=12.5,
    )
    with running_statsd() as server:
        send_night(report)
        server.take()
    assert server.gauges == {
        "ownvoice.night.ended_at_s": report.ended_at.timestamp(),
        "ownvoice.night.failed": 1,
        "ownvoice.night.worthless": 1,
        "ownvoice.night.new_warnings": 0,
        "ownvoice.night.duration_s": 12.5,
        "ownvoice.night.chunks": 9,
        "ownvoice.night.dead_chunks": 2,
        "ownvoice.night.pairs_added": 3,
        "ownvoice.night.pairs": 40,
    }
    assert set(server.gauges) | {"ownvoice.night.cost_usd"} == {
        metric.name for metric in METRICS if metric.name.startswith("ownvoice.night.")
    }
