"""The refresh as Airflow runs it with three models at two endpoints, named in the form."""

from __future__ import annotations

import json

import pytest

from ownvoice.airflow.run_ids import lake_run_id
from ownvoice.dataset.verify import verify
from ownvoice.offline_model.server import OFFLINE_MODEL, running_offline_model
from ownvoice.reports.report import read_report
from ownvoice.storage.lake import Lake, scan
from stand_ins.places import SAMPLES

ONE, TWO, SFT = (f"{OFFLINE_MODEL}-{name}" for name in ("one", "two", "sft"))
FORM = {
    "generators": [{"model": ONE, "weight": 2}, {"model": TWO, "temperature": 1.0, "endpoint": "llm_sft"}],
    "rejected_by": {"model": SFT, "endpoint": "llm_sft"},
}


@pytest.fixture
def lake(tmp_path, monkeypatch):
    (tmp_path / "articles").mkdir()
    for name in ("names", "running-small-databases"):
        (tmp_path / "articles" / f"{name}.md").write_bytes((SAMPLES / f"{name}.md").read_bytes())
    monkeypatch.setenv("OWNVOICE_ARTICLES", (tmp_path / "articles").as_uri())
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    monkeypatch.setenv("OWNVOICE_MAX_GENERATION_TASKS", "2")
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def connect(monkeypatch):
    def set_connection(conn_id, model):
        connection = {"conn_type": "http", "host": model.base_url, "password": "any"}
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))

    return set_connection


@pytest.mark.parametrize("mode", ["realtime", "batch"])
def test_each_model_is_asked_at_its_connection_and_every_row_names_who_wrote_what(
    lake, run_refresh, offline_model, connect, mode, monkeypatch
):
    from ownvoice.airflow import batch_jobs

    monkeypatch.setattr(batch_jobs, "POLL_INTERVAL_S", 0.01)
    with running_offline_model() as other:
        connect("llm_api", offline_model)
        connect("llm_sft", other)
        night = run_refresh(mode=mode, **FORM)
        assert night.state == "success"
        assert set(offline_model.served) == {ONE}
        assert set(other.served) == {TWO, SFT}
        asked = offline_model.requests_served + other.requests_served
        run_refresh(mode=mode, **FORM)
        assert offline_model.requests_served + other.requests_served == asked
    rows = [row for batch in scan(lake.table("pairs")) for row in batch.to_pylist()]
    assert {row["prompt_model"] for row in rows} == {ONE, TWO}
    assert {(row["chosen_model"], row["rejected_model"]) for row in rows} == {("human", SFT)}
    assert set(read_report(lake, lake_run_id(night)).spend.models) == {ONE, TWO, SFT}
    assert verify(lake).passed
    run_refresh(generators=None, rejected_by=None)  # a DAG object keeps what was sent to it
