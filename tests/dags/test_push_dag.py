"""The push as a DAG of its own: it holds up no refresh, fails alone, and its key shows nowhere."""

from __future__ import annotations

import json
import os
import runpy
from pathlib import Path

import pytest

from ownvoice.airflow.assets import PREFERENCE_DATASET
from ownvoice.dataset.hub.record import last_push, pushes_of_version
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from stand_ins.hub import READER, WRITER
from stand_ins.places import REPOSITORY, SAMPLES


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


def test_each_version_is_pushed_once(lake, source, hub, repository, run_refresh, run_push):
    assert run_refresh().state == "success"
    assert run_push().state == "success"
    assert last_push(lake, "ann/pairs").revision == repository().branches["main"]
    source.write("bread.md", (SAMPLES / "bread-is-a-schedule.md").read_bytes())
    assert run_refresh().state == "success"
    assert run_push().state == "success"
    assert run_push().state == "success", "what is pushed already is not sent again"
    assert hub.count("POST .*/commit/main") == 2
    assert [pushed.version for version in (1, 2) for pushed in pushes_of_version(lake, version)] == [1, 2]


@pytest.mark.parametrize("repository_named", [True, False])
def test_a_new_version_starts_it_where_a_repository_is_named(monkeypatch, repository_named):
    if repository_named:
        monkeypatch.setenv("OWNVOICE_HUB_DATASET_REPO", "ann/pairs")
    dag = runpy.run_path(str(REPOSITORY / "dags" / "push_dataset.py"))["push_dataset"]()
    assert dag.schedule == ([PREFERENCE_DATASET] if repository_named else None)
    assert not dag.is_paused_upon_creation


@pytest.mark.parametrize("missing", ["OWNVOICE_HUB_DATASET_REPO", "HF_TOKEN"])
def test_without_repository_or_token_it_is_skipped_with_a_sentence(
    lake, hub, repository, run_refresh, run_push, monkeypatch, missing
):
    monkeypatch.delenv(missing)
    run_refresh()
    done = run_push()
    assert (done.state, states(done)["push_to_hub"]) == ("success", "skipped")
    assert hub.requests == []


def test_without_a_version_it_is_skipped(source, hub, repository, run_push):
    done = run_push()
    assert (done.state, states(done)["push_to_hub"]) == ("success", "skipped")
    assert hub.requests == []


def test_a_hub_that_is_away_for_a_while_is_tried_again(lake, hub, repository, run_refresh, run_push):
    run_refresh()
    hub.fail("POST", "/commit/", status=412)
    done = run_push()
    assert done.state == "success"
    assert [ti.try_number for ti in done.get_task_instances()] == [2]
    assert last_push(lake, "ann/pairs").version == 1


def test_a_push_that_fails_is_red_alone_and_the_next_one_catches_up(
    lake, hub, repository, run_refresh, run_push, monkeypatch
):
    assert run_refresh().state == "success"
    monkeypatch.setenv("HF_TOKEN", READER)
    red = run_push()
    assert (red.state, states(red)["push_to_hub"]) == ("failed", "failed")
    assert [ti.try_number for ti in red.get_task_instances()] == [1], "no retry mends a token"
    assert run_refresh().state == "success", "the refresh does not mind"
    monkeypatch.setenv("HF_TOKEN", WRITER)
    assert run_push().state == "success"
    assert last_push(lake, "ann/pairs").version == 1


@pytest.mark.parametrize("route", ["connection", "variable"])
def test_the_token_is_in_no_log_no_result_and_no_rendered_field(
    lake, hub, repository, run_refresh, run_push, monkeypatch, capfd, route
):
    from airflow.utils.session import create_session
    from sqlalchemy import text

    if route == "connection":
        monkeypatch.delenv("HF_TOKEN")
        monkeypatch.setenv("AIRFLOW_CONN_HUGGING_FACE", json.dumps({"conn_type": "generic", "password": WRITER}))
    run_refresh()
    hub.fail("POST", "/commit/", status=500)
    assert run_push().state == "success"
    printed = capfd.readouterr()
    with create_session() as session:
        tables = ("rendered_task_instance_fields", "xcom", "task_instance", "dag_run", "serialized_dag")
        stored = [str(row) for table in tables for row in session.execute(text(f"SELECT * FROM {table}")).all()]
    logs = [path.read_text() for path in Path(os.environ["AIRFLOW_HOME"]).rglob("*.log")]
    assert any("ann/pairs" in row for row in stored)
    assert not [found for found in (*stored, *logs, printed.out, printed.err) if WRITER in found]
    files = [path.read_bytes() for path in Path(lake.uri.removeprefix("file://")).rglob("*") if path.is_file()]
    assert not [data for data in files if WRITER.encode() in data]
