"""The refresh in batch mode as Airflow runs it: a task that defers, and the same pairs as in realtime."""

from __future__ import annotations

import asyncio
import json

import pytest

from ownvoice.airflow import batch_jobs
from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.dataset.verify import verify
from ownvoice.llm.batch import submit
from ownvoice.offline_model.server import running_offline_model
from ownvoice.reports.report import read_report
from ownvoice.storage.lake import Lake, scan
from stand_ins.places import SAMPLES

PICKED = ("names", "running-small-databases")
KEY = "sk-canary-0815-never-shown"


@pytest.fixture(autouse=True)
def world(tmp_path, monkeypatch, offline_model):
    """Two articles in two batches; the trigger looks a hundred times a second."""
    (tmp_path / "articles").mkdir()
    for name in PICKED:
        (tmp_path / "articles" / f"{name}.md").write_bytes((SAMPLES / f"{name}.md").read_bytes())
    monkeypatch.setenv("OWNVOICE_ARTICLES", (tmp_path / "articles").as_uri())
    monkeypatch.setenv("OWNVOICE_MAX_GENERATION_TASKS", "2")
    monkeypatch.setattr(batch_jobs, "POLL_INTERVAL_S", 0.01)
    connect(monkeypatch, offline_model)


def connect(monkeypatch, model):
    llm = {"conn_type": "http", "host": model.base_url, "password": KEY}
    monkeypatch.setenv("AIRFLOW_CONN_LLM_API", json.dumps(llm))


@pytest.fixture
def new_lake(tmp_path, monkeypatch):
    def use(name):
        monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / name).as_uri())
        return Lake((tmp_path / name).as_uri())

    return use


def rows(lake):
    found = [row | {"created_by_run": None} for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    return sorted(found, key=lambda row: row["pair_id"])


def test_batch_mode_makes_the_pairs_of_realtime_mode(new_lake, run_refresh, offline_model):
    lake = new_lake("by-batch")
    night = run_refresh(mode="batch")
    assert night.state == "success"
    report = read_report(lake, lake_run_id(night))
    assert report.chunks.total == report.chunks.answered == offline_model.requests_served > 0
    assert report.tokens.completion > 0
    assert len(offline_model.batch_jobs.jobs) == 2, "a batch of the plan is a batch at the endpoint"
    assert set(offline_model.batch_jobs.billed.values()) == {1}
    assert verify(lake).passed

    other = new_lake("at-once")
    assert run_refresh(mode="realtime").state == "success"
    assert rows(lake) == rows(other)
    assert len(offline_model.batch_jobs.jobs) == 2


def test_the_key_is_neither_in_the_trigger_nor_in_what_airflow_keeps_nor_in_logs(
    new_lake, run_refresh, tmp_path, monkeypatch, capfd
):
    from airflow.models.renderedtifields import RenderedTaskInstanceFields
    from airflow.models.xcom import XComModel
    from airflow.sdk.execution_time import task_runner
    from airflow.utils.session import create_session

    deferred = []
    whole = task_runner._defer_task

    def watched(*args):
        message, state = whole(*args)
        deferred.append(message.model_dump_json())
        return message, state

    monkeypatch.setattr(task_runner, "_defer_task", watched)
    new_lake("lake")
    night = run_refresh(mode="batch")
    assert night.state == "success"
    assert len(deferred) == 2
    with create_session() as session:
        kept = [str(row.value) for row in session.query(XComModel).filter_by(run_id=night.run_id)]
        fields = session.query(RenderedTaskInstanceFields).filter_by(run_id=night.run_id)
        kept += [str(row.rendered_fields) for row in fields]
    files = [file.read_text("utf-8", "replace") for file in tmp_path.rglob("*") if file.is_file()]
    assert [text for text in (*deferred, *kept, *files, *capfd.readouterr()) if KEY in text] == []


def test_a_trigger_that_cannot_look_wakes_the_task_which_meets_the_fault_itself(monkeypatch):
    with running_offline_model() as empty:
        connect(monkeypatch, empty)

        async def first_event():
            return await anext(batch_jobs.BatchJobsTrigger({"llm_api": ["batch_unknown"]}, 0.01).run())

        assert asyncio.run(first_event()) is not None


def test_a_retry_attaches_to_the_batch_that_runs_already(new_lake, run_refresh, offline_model, monkeypatch):
    lake = new_lake("lake")
    whole = submit.create_batch_job

    async def lost_at_first(*args):
        batch_id = await whole(*args)
        if len(offline_model.batch_jobs.jobs) == 1:
            raise MemoryError("the worker is gone before it can write the batch down")
        return batch_id

    monkeypatch.setattr(submit, "create_batch_job", lost_at_first)
    night = run_refresh(mode="batch")
    assert night.state == "success"
    assert {ti.try_number for ti in night.get_task_instances() if ti.task_id == "generate_batch"} == {1, 2}
    assert len(offline_model.batch_jobs.jobs) == 2
    assert set(offline_model.batch_jobs.billed.values()) == {1}
    assert verify(lake).passed
