"""The push as the last task of the night: it goes alone, fails alone, and its key shows nowhere."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ownvoice.dataset.hub.record import last_push, pushes_of_version
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.storage.versions import latest_version
from stand_ins.hub import READER, WRITER
from stand_ins.places import SAMPLES


@pytest.fixture
def source(tmp_path, monkeypatch, offline_model):
    source = ObjectStore((tmp_path / "articles").as_uri(), create_folder=True)
    source.write("names.md", (SAMPLES / "names.md").read_bytes())
    monkeypatch.setenv("OWNVOICE_ARTICLES", source.uri)
    monkeypatch.setenv("OWNVOICE_LAKE", (tmp_path / "lake").as_uri())
    monkeypatch.setenv("OPENAI_BASE_URL", offline_model.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", offline_model.api_key)
    return source


@pytest.fixture
def lake(source, tmp_path):
    return Lake((tmp_path / "lake").as_uri())


@pytest.fixture
def repository(hub, monkeypatch):
    monkeypatch.setenv("OWNVOICE_HUB_DATASET_REPO", "ann/pairs")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return lambda: hub.repositories["ann/pairs"]


def states(dag_run):
    return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}


def test_every_night_is_pushed_and_the_next_one_adds_to_it(lake, source, hub, repository, run_refresh):
    assert run_refresh().state == "success"
    assert last_push(lake, "ann/pairs").revision == repository().branches["main"]
    source.write("bread.md", (SAMPLES / "bread-is-a-schedule.md").read_bytes())
    assert run_refresh().state == "success"
    assert run_refresh().state == "success", "a night without news commits nothing"
    assert hub.count("POST .*/commit/main") == 2
    assert [pushed.version for version in (1, 2) for pushed in pushes_of_version(lake, version)] == [1, 2]


@pytest.mark.parametrize("missing", ["OWNVOICE_HUB_DATASET_REPO", "HF_TOKEN"])
def test_without_repository_or_token_it_is_skipped_with_a_sentence(
    lake, hub, repository, run_refresh, monkeypatch, missing
):
    monkeypatch.delenv(missing)
    done = run_refresh()
    assert (done.state, states(done)["push_to_hub"]) == ("success", "skipped")
    assert latest_version(lake).number == 1
    assert hub.requests == []


def test_a_dry_run_pushes_nothing(source, hub, repository, run_refresh):
    done = run_refresh(dry_run=True)
    assert (done.state, states(done)["push_to_hub"]) == ("success", "skipped")
    assert hub.requests == []


def test_a_hub_that_is_away_for_a_while_is_tried_again_and_nothing_else_is(lake, hub, repository, run_refresh):
    hub.fail("POST", "/commit/", status=412)
    done = run_refresh()
    assert done.state == "success"
    tries = {ti.task_id: ti.try_number for ti in done.get_task_instances()}
    assert (tries["push_to_hub"], tries["commit_version"], tries["write_report"]) == (2, 1, 1)
    assert last_push(lake, "ann/pairs").version == 1


def test_a_push_that_fails_ends_the_run_red_and_version_and_cursor_stand(
    lake, hub, repository, run_refresh, monkeypatch
):
    monkeypatch.setenv("HF_TOKEN", READER)
    red = run_refresh()
    assert red.state == "failed"
    assert states(red)["push_to_hub"] == "failed"
    assert {ti.try_number for ti in red.get_task_instances() if ti.task_id == "push_to_hub"} == {1}
    assert states(red)["advance_cursor"] == "success"
    assert latest_version(lake).number == 1
    monkeypatch.setenv("HF_TOKEN", WRITER)
    assert run_refresh().state == "success", "the next night catches up"
    assert last_push(lake, "ann/pairs").version == 1


@pytest.mark.parametrize("route", ["connection", "variable"])
def test_the_token_is_in_no_log_no_result_and_no_rendered_field(
    lake, hub, repository, run_refresh, monkeypatch, capfd, route
):
    from airflow.utils.session import create_session
    from sqlalchemy import text

    if route == "connection":
        monkeypatch.delenv("HF_TOKEN")
        monkeypatch.setenv("AIRFLOW_CONN_HUGGING_FACE", json.dumps({"conn_type": "generic", "password": WRITER}))
    hub.fail("POST", "/commit/", status=500)
    assert run_refresh().state == "success"
    printed = capfd.readouterr()
    with create_session() as session:
        tables = ("rendered_task_instance_fields", "xcom", "task_instance", "dag_run", "serialized_dag")
        stored = [str(row) for table in tables for row in session.execute(text(f"SELECT * FROM {table}")).all()]
    logs = [path.read_text() for path in Path(os.environ["AIRFLOW_HOME"]).rglob("*.log")]
    assert any("ann/pairs" in row for row in stored)
    assert not [found for found in (*stored, *logs, printed.out, printed.err) if WRITER in found]
    files = [path.read_bytes() for path in Path(lake.uri.removeprefix("file://")).rglob("*") if path.is_file()]
    assert not [data for data in files if WRITER.encode() in data]
